import { expect, it } from 'vitest';
import { isObject, statusError, type KubeObject, type Resource } from '../../../src/apimachinery/index.ts';
import { events, jobs, namespaces } from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import { startTestFederation, type TestFederation } from './fixture.ts';

const soon = { timeout: 10_000, interval: 10 };
const OLD = 'gce-asia-east1';
const NEW = 'gce-us-east1';
/** What Jobs had not yet in Kubernetes 1.20. */
const unborn = ['suspend', 'completionMode', 'podReplacementPolicy'];
/** Of a Job whose work is divided each member gets its part. */
const both = { parallelism: 2, completions: 2 };
const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'busybox' }] } };

function specOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) && isObject(value['spec']) ? value['spec'] : {};
}

function known<T extends KubeObject>(object: T): T {
  const spec = Object.fromEntries(Object.entries(specOf(object)).filter(([field]) => !unborn.includes(field)));
  // @NOTE none of the fields that are left out is required.
  return { ...object, spec };
}

/** Does not know some fields: it drops what is created with them, and refuses to apply them, in that version's words. */
function older(inner: Client): Client {
  const create = async (resource: Resource, object: KubeObject, options?: object) =>
    resource.kind === 'Job'
      ? known(await inner.create(resource, known(object), options))
      : inner.create(resource, object, options);
  const patch = async (...[resource, key, body, options]: Parameters<Client['patch']>) => {
    if (resource.kind !== 'Job') return inner.patch(resource, key, body, options);
    const field = unborn.find((name) => body.type === 'apply' && Object.hasOwn(specOf(body.patch), name));
    if (field === undefined) return known(await inner.patch(resource, key, body, options));
    const message = `failed to create typed patch object: .spec.${field}: field not declared in schema`;
    throw statusError(500, 'Unknown', message);
  };
  return { ...inner, create: create as Client['create'], patch: patch as Client['patch'] };
}

async function startWithOlder(): Promise<TestFederation> {
  const fleet: TestFederation = await startTestFederation({
    names: [],
    later: [OLD, NEW],
    federation: {
      createClient: ({ name }) => {
        const { client } = fleet.member(name).line;
        return name === OLD ? older(client) : client;
      },
    },
  });
  for (const name of [OLD, NEW]) await fleet.join(name);
  return fleet;
}

const copyIn = async (fleet: TestFederation, cluster: string) =>
  specOf((await fleet.member(cluster).admin.list(jobs)).items[0]);

const warnings = async (fleet: TestFederation) =>
  (await fleet.admin.list(events)).items
    .filter(({ type }) => type === 'Warning')
    .map(({ reason, message }) => [reason, message]);

it('gives an older member what it knows of an object, and keeps that right', async () => {
  await using fleet = await startWithOlder();
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  await fleet.admin.create(jobs, {
    metadata: { name: 'once', namespace: 'shop' },
    spec: { ...both, template },
  });
  await expect.poll(() => copyIn(fleet, OLD), soon).toMatchObject({ backoffLimit: 6 });

  const key = { name: 'once', namespace: 'shop' };
  await fleet.admin.patch(jobs, key, { type: 'merge', patch: { spec: { backoffLimit: 2 } } });
  await expect.poll(() => copyIn(fleet, OLD), soon).toMatchObject({ backoffLimit: 2 });
  await expect.poll(() => copyIn(fleet, NEW), soon).toMatchObject({ backoffLimit: 2, suspend: false });
  expect(await warnings(fleet)).toEqual([]);
});

it('tells which fields that were asked for an older member does not know', async () => {
  await using fleet = await startWithOlder();
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  await fleet.admin.create(jobs, {
    metadata: { name: 'held', namespace: 'shop' },
    spec: { ...both, suspend: true, template },
  });
  await expect
    .poll(() => warnings(fleet), soon)
    .toEqual([
      [
        'FieldsLostInCluster',
        `Cluster ${OLD} has taken job "shop/held" without .spec.suspend: its Kubernetes may be too old`,
      ],
    ]);
  await expect.poll(() => copyIn(fleet, NEW), soon).toMatchObject({ suspend: true });
});
