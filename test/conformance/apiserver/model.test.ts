import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isAlreadyExists, isConflict, isNotFound } from '../../../src/apimachinery/index.ts';
import { createRemoteClient, type Client } from '../../../src/client/index.ts';
import { startTestApiServer } from '../../harness/api-server.ts';
import { testConfigMaps as configMaps, type TestConfigMap } from '../../harness/resources.ts';

type Data = Readonly<Record<string, string>>;

const name = fc.constantFrom('a', 'b', 'c', 'd');
/** Never empty: what is written without a body keeps an empty one, and what comes in a body loses it. */
const data = fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2'), { noNullPrototype: true, minKeys: 1 });
const on = fc.constantFrom('yes', 'no');
const who = fc.nat({ max: 2 });
const operation = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('create'), who, name, data, on }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('update'), who, name, data, on, isStale: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('patch'), who, name, data }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('delete'), who, name }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('list'), who, on }) },
);

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

interface Known {
  readonly data: Data;
  readonly on: string;
  readonly version: string;
}

const key = (own: string) => ({ namespace: 'default', name: own });
const shown = (type: string, own: string, content: Data = {}) => `${type} ${own} ${JSON.stringify(sorted(content))}`;
const sorted = (content: Data) => Object.fromEntries(Object.entries(content).sort());

/** What the API should hold, and what watches should have told of it, as simply as can be. */
class Model {
  readonly objects = new Map<string, Known>();
  readonly events: string[] = [];
  /** Where each name was before, for updates that come too late. */
  readonly stale = new Map<string, string>();

  put(type: 'ADDED' | 'MODIFIED', object: TestConfigMap, known: Omit<Known, 'version'>): void {
    const own = object.metadata.name ?? '';
    const old = this.objects.get(own);
    const version = object.metadata.resourceVersion ?? '';
    expect(sorted(object.data ?? {})).toEqual(sorted(known.data));
    const isSame = old !== undefined && old.on === known.on && shown('', '', old.data) === shown('', '', known.data);
    expect(version === old?.version).toBe(isSame);
    if (isSame) return;
    if (old !== undefined) this.stale.set(own, old.version);
    this.objects.set(own, { ...known, version });
    this.events.push(shown(type, own, known.data));
  }

  remove(own: string): void {
    this.events.push(shown('DELETED', own, this.objects.get(own)?.data));
    this.objects.delete(own);
    this.stale.delete(own);
  }
}

async function apply(model: Model, client: Client, step: Operation): Promise<void> {
  if (step.type === 'list') {
    const { items } = await client.list(configMaps, { namespace: 'default', labelSelector: `on=${step.on}` });
    const expected = [...model.objects].filter(([, known]) => known.on === step.on).map(([own]) => own);
    expect(items.map(({ metadata }) => metadata.name)).toEqual(expected.sort());
    return;
  }
  const known = model.objects.get(step.name);
  if (step.type === 'create') {
    const creation = client.create(configMaps, {
      metadata: { ...key(step.name), labels: { on: step.on } },
      data: step.data,
    });
    if (known !== undefined) await expect(creation).rejects.toSatisfy(isAlreadyExists);
    else model.put('ADDED', await creation, step);
  } else if (known === undefined) {
    await expect(change(client, step, '1')).rejects.toSatisfy(isNotFound);
  } else {
    await applyToKnown(model, client, { step, known });
  }
}

type Change = Exclude<Operation, { readonly type: 'create' | 'list' }>;

async function applyToKnown(
  model: Model,
  client: Client,
  { step, known }: { readonly step: Change; readonly known: Known },
): Promise<void> {
  const stale = step.type === 'update' && step.isStale ? model.stale.get(step.name) : undefined;
  const changing = change(client, step, stale ?? known.version);
  if (stale !== undefined) {
    await expect(changing).rejects.toSatisfy(isConflict);
    return;
  }
  const object = await changing;
  if (step.type === 'delete') model.remove(step.name);
  else if (step.type === 'update') model.put('MODIFIED', object, step);
  else model.put('MODIFIED', object, { data: { ...known.data, ...step.data }, on: known.on });
}

/** What a deletion answers nobody asks for. */
async function change(client: Client, step: Change, resourceVersion: string): Promise<TestConfigMap> {
  switch (step.type) {
    case 'update':
      return client.update(configMaps, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { ...key(step.name), resourceVersion, labels: { on: step.on } },
        data: step.data,
      });
    case 'patch':
      return client.patch(configMaps, key(step.name), { type: 'merge', patch: { data: step.data } });
    case 'delete':
      await client.delete(configMaps, key(step.name));
      return { apiVersion: 'v1', kind: 'ConfigMap', metadata: key(step.name) };
  }
}

async function watched(client: Client, from: string, count: number): Promise<readonly string[]> {
  const stop = new AbortController();
  const seen: string[] = [];
  if (count === 0) return seen;
  for await (const { type, object } of client.watch(configMaps, { signal: stop.signal, resourceVersion: from })) {
    seen.push(shown(type, object.metadata.name ?? '', object.data));
    if (seen.length === count) stop.abort();
  }
  return seen;
}

it('agrees with a model of objects, whoever changes them, and tells watches all of it in order', async () => {
  const property = fc.asyncProperty(fc.array(operation, { minLength: 20, maxLength: 80 }), async (steps) => {
    await using stack = new AsyncDisposableStack();
    const api = stack.use(await startTestApiServer({ listen: true }));
    const { ca, admin } = api.certificates;
    const remote = () => stack.use(createRemoteClient({ server: api.url, ca, credentials: admin }));
    const clients = [api.admin, remote(), remote()];
    const model = new Model();
    const { metadata } = await api.admin.list(configMaps);
    for (const step of steps) await apply(model, clients[step.who] ?? api.admin, step);
    for (const client of clients) {
      expect(await watched(client, metadata.resourceVersion ?? '', model.events.length)).toEqual(model.events);
    }
  });
  await fc.assert(property, { numRuns: 8 });
});
