import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { isConditionTrue, isNotFound } from '../../src/apimachinery/index.ts';
import { configMaps, customResourceDefinitions, namespaces } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { crontab, crontabDefinition, crontabs } from '../harness/definitions.ts';
import { memberCertificates, startTestMember } from '../harness/member-cluster.ts';

const disposables: (() => PromiseLike<void>)[] = [];

afterEach(async () => {
  for (const dispose of disposables.splice(0).reverse()) await dispose();
});

async function define(client: Client): Promise<void> {
  await client.create(customResourceDefinitions, crontabDefinition());
  await expect
    .poll(async () => {
      const { status } = await client.get(customResourceDefinitions, { name: 'crontabs.stable.example.com' });
      return isConditionTrue(status?.conditions, 'Established');
    })
    .toBe(true);
}

const isGone = (call: Promise<unknown>) => call.then(() => false, isNotFound);

it('collects what custom resources own, and custom resources that nobody owns', async () => {
  const member = await startTestMember({ nodes: 0 });
  disposables.push(() => member[Symbol.asyncDispose]());
  const { client } = member;
  await define(client);
  const { uid = '' } = (await client.create(crontabs, crontab('owner'))).metadata;
  const ownerReferences = [{ apiVersion: 'stable.example.com/v1', kind: 'CronTab', name: 'owner', uid }];
  await client.create(configMaps, { metadata: { namespace: 'default', name: 'owned', ownerReferences } });
  const owned = crontab('child');
  await client.create(crontabs, { ...owned, metadata: { ...owned.metadata, ownerReferences } });
  await client.delete(crontabs, { namespace: 'default', name: 'owner' });
  await expect.poll(() => isGone(client.get(configMaps, { namespace: 'default', name: 'owned' }))).toBe(true);
  await expect.poll(() => isGone(client.get(crontabs, { namespace: 'default', name: 'child' }))).toBe(true);
});

it('empties namespaces of custom resources', async () => {
  const member = await startTestMember({ nodes: 0 });
  disposables.push(() => member[Symbol.asyncDispose]());
  const { client } = member;
  await define(client);
  await client.create(namespaces, { metadata: { name: 'temporary' } });
  await client.create(crontabs, { ...crontab('a'), metadata: { namespace: 'temporary', name: 'a' } });
  await client.delete(namespaces, { name: 'temporary' });
  await expect.poll(() => isGone(client.get(namespaces, { name: 'temporary' }))).toBe(true);
  expect((await client.list(crontabs)).items).toEqual([]);
});

it('serves custom resources from the start after a restart', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'koinon-extensions-'));
  disposables.push(() => rm(directory, { recursive: true }));
  const options = {
    nodes: 0,
    storage: { type: 'embedded', directory } as const,
    certificates: await memberCertificates(),
  };
  const first = await startTestMember(options);
  await define(first.client);
  await first.client.create(crontabs, crontab('kept'));
  await first[Symbol.asyncDispose]();
  const second = await startTestMember(options);
  disposables.push(() => second[Symbol.asyncDispose]());
  expect((await second.client.list(crontabs)).items.map(({ metadata }) => metadata.name)).toEqual(['kept']);
});
