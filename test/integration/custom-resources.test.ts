import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isNotFound, type KubeObject } from '../../src/apimachinery/index.ts';
import {
  customResourceDefinitions as definitions,
  type CustomResourceDefinition,
  type JSONSchemaProps,
} from '../../src/apis/index.ts';
import type { ObjectEvent } from '../../src/client/index.ts';
import type { TestApiServer } from '../harness/api-server.ts';
import { startCustomResourceServer } from '../harness/custom-resources.ts';
import { crontab, crontabDefinition, crontabs, crontabSchema, crontabVersion } from '../harness/definitions.ts';

describe('custom resources', () => {
  let api: TestApiServer;
  const name = 'crontabs.stable.example.com';
  const key = (object: string) => ({ namespace: 'default', name: object });
  const v2 = { ...crontabs, version: 'v2' };

  beforeEach(async () => {
    api = await startCustomResourceServer();
  });

  afterEach(() => api[Symbol.asyncDispose]());

  const conditionsOf = async (definition: string) => {
    const { status } = await api.admin.get(definitions, { name: definition });
    return Object.fromEntries(
      status?.conditions?.map(({ type, status: is, reason }) => [type, `${is} ${reason}`]) ?? [],
    );
  };

  async function define(more: Partial<CustomResourceDefinition['spec']> = {}): Promise<void> {
    await api.admin.create(definitions, crontabDefinition(more));
    await expect.poll(() => conditionsOf(name)).toMatchObject({ Established: 'True InitialNamesAccepted' });
  }

  async function redefine(change: (spec: CustomResourceDefinition['spec']) => CustomResourceDefinition['spec']) {
    const definition = await api.admin.get(definitions, { name });
    await api.admin.update(definitions, { ...definition, spec: change(definition.spec) });
  }

  /** A watch that keeps what it is told. */
  function observe(resource: typeof crontabs | typeof v2) {
    const controller = new AbortController();
    const events: string[] = [];
    const running = (async () => {
      const watch: AsyncIterable<ObjectEvent> = api.admin.watch<KubeObject>(resource, {
        signal: controller.signal,
      });
      for await (const { type, object } of watch) events.push(`${type} ${object.apiVersion} ${object.metadata.name}`);
      return 'ended';
    })();
    const stop = () => {
      controller.abort();
    };
    return { events, running, stop };
  }

  it('keeps the status of a definition', async () => {
    await define();
    const { status } = await api.admin.get(definitions, { name });
    expect(status).toMatchObject({
      acceptedNames: { plural: 'crontabs', kind: 'CronTab', listKind: 'CronTabList', shortNames: ['ct'] },
      storedVersions: ['v1'],
    });
    expect(await conditionsOf(name)).toEqual({
      NamesAccepted: 'True NoConflicts',
      Established: 'True InitialNamesAccepted',
    });
  });

  it('grants a name once, and again when it is free', async () => {
    await define();
    const rival = crontabDefinition({
      names: { plural: 'others', singular: 'other', kind: 'Other', shortNames: ['ct'] },
    });
    await api.admin.create(definitions, { ...rival, metadata: { name: 'others.stable.example.com' } });
    await expect
      .poll(() => conditionsOf('others.stable.example.com'))
      .toEqual({
        NamesAccepted: 'False ShortNamesConflict',
        Established: 'False NotAccepted',
      });
    await api.admin.delete(definitions, { name });
    await expect
      .poll(() => conditionsOf('others.stable.example.com'))
      .toMatchObject({
        NamesAccepted: 'True NoConflicts',
        Established: 'True InitialNamesAccepted',
      });
  });

  it('counts the changes of anything but status and metadata', async () => {
    await define();
    const created = await api.admin.create(crontabs, crontab('a'));
    expect(created.metadata.generation).toBe(1);
    const merge = (patch: object) => api.admin.patch(crontabs, key('a'), { type: 'merge', patch: patch as never });
    expect((await merge({ metadata: { labels: { a: 'b' } } })).metadata.generation).toBe(1);
    expect((await merge({ spec: { image: 'x' } })).metadata.generation).toBe(2);
    const status = { ...(await merge({})), status: { replicas: 4, labelSelector: 'a=b' } };
    const updated = await api.admin.updateStatus<KubeObject>(crontabs, {
      ...status,
      metadata: { ...status.metadata, labels: {} },
    });
    expect(updated).toMatchObject({ metadata: { generation: 2, labels: { a: 'b' } }, status: { replicas: 4 } });
    expect(await merge({ status: { replicas: 9 } })).toMatchObject({ status: { replicas: 4 } });
  });

  it('wants updates to name the version that they are of', async () => {
    await define();
    await api.admin.create(crontabs, crontab('a'));
    await expect(api.admin.update<KubeObject>(crontabs, crontab('a'))).rejects.toThrow(
      'metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    );
  });

  it('serves several versions of the same objects', async () => {
    await define({
      versions: [crontabVersion('v1', { storage: false }), crontabVersion('v2')],
    });
    const watchers = [observe(crontabs), observe(v2)];
    await api.admin.create(crontabs, crontab('a'));
    expect(await api.admin.get(v2, key('a'))).toMatchObject({
      apiVersion: 'stable.example.com/v2',
      spec: { image: 'img' },
    });
    await api.admin.patch(v2, key('a'), { type: 'merge', patch: { spec: { image: 'next' } } });
    await expect
      .poll(() => watchers.map(({ events }) => events))
      .toEqual([
        ['ADDED stable.example.com/v1 a', 'MODIFIED stable.example.com/v1 a'],
        ['ADDED stable.example.com/v2 a', 'MODIFIED stable.example.com/v2 a'],
      ]);
    for (const watcher of watchers) watcher.stop();
  });

  it('goes on with what was stored in another version', async () => {
    await define();
    await api.admin.create(crontabs, crontab('old'));
    await redefine((spec) => ({ ...spec, versions: [crontabVersion('v1', { storage: false }), crontabVersion('v2')] }));
    await expect
      .poll(() =>
        api.admin.list(v2).then(
          ({ items }) => items.length,
          () => 0,
        ),
      )
      .toBe(1);
    expect((await api.admin.get(definitions, { name })).status?.storedVersions).toEqual(['v1', 'v2']);
    const before = await api.admin.get<KubeObject>(v2, key('old'));
    // Written again as it is, it is stored in the new version.
    const after = await api.admin.update<KubeObject>(v2, before);
    expect(after.metadata.resourceVersion).not.toBe(before.metadata.resourceVersion);
    expect((await api.admin.update<KubeObject>(v2, after)).metadata.resourceVersion).toBe(
      after.metadata.resourceVersion,
    );
  });

  it('takes a new schema at once, also for what is there', async () => {
    await define();
    await api.admin.create(crontabs, crontab('a'));
    const spec = crontabSchema.properties?.['spec'];
    const schema = {
      ...crontabSchema,
      properties: {
        spec: { ...spec, properties: { ...spec?.properties, colour: { type: 'string', default: 'red' } } },
      },
    };
    await redefine((old) => ({ ...old, versions: [crontabVersion('v1', { schema: { openAPIV3Schema: schema } })] }));
    await expect.poll(() => api.admin.get<KubeObject>(crontabs, key('a'))).toMatchObject({ spec: { colour: 'red' } });
    const before = await api.admin.get<KubeObject>(crontabs, key('a'));
    // Written again as it is shown, it is stored with what it did not say before.
    const after = await api.admin.update<KubeObject>(crontabs, before);
    expect(after.metadata.resourceVersion).not.toBe(before.metadata.resourceVersion);
    expect(await api.admin.update<KubeObject>(crontabs, after)).toEqual(after);
  });

  it('means by what was left out what the version says that it was stored in', async () => {
    const withDefault = (name: string, colour: string, isStored: boolean) =>
      crontabVersion(name, {
        storage: isStored,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              [`in-${name}`]: { type: 'string' },
              colour: { type: 'string', default: colour },
              [`only-${name}`]: { type: 'string', default: 'here' },
            },
          },
        },
      });
    await define({ versions: [withDefault('v1', 'red', true), withDefault('v2', 'blue', false)] });
    const asked = await api.admin.create(v2, { metadata: key('b'), ...{ 'in-v2': 'lost' } });
    expect(asked).toMatchObject({ apiVersion: 'stable.example.com/v2', colour: 'blue' });
    expect(asked).not.toHaveProperty('in-v2');
    expect(asked).not.toHaveProperty('only-v2');
    expect(await api.admin.get(crontabs, key('b'))).toMatchObject({ colour: 'blue', 'only-v1': 'here' });
  });

  it('ends the watches of what is served no longer, and no others', async () => {
    await define({ versions: [crontabVersion('v1'), crontabVersion('v2', { storage: false })] });
    const [first, second] = [observe(crontabs), observe(v2)];
    await api.admin.create(crontabs, crontab('a'));
    await expect.poll(() => second.events).toEqual(['ADDED stable.example.com/v2 a']);
    await redefine((spec) => ({
      ...spec,
      versions: [crontabVersion('v1'), crontabVersion('v2', { storage: false, served: false })],
    }));
    expect(await second.running).toBe('ended');
    await expect(api.admin.list(v2)).rejects.toSatisfy(isNotFound);
    await api.admin.create(crontabs, crontab('b'));
    await expect.poll(() => first.events).toEqual(['ADDED stable.example.com/v1 a', 'ADDED stable.example.com/v1 b']);
    first.stop();
  });

  it('deletes the objects with their definition, and tells who watches', async () => {
    await define();
    const watch = observe(crontabs);
    await api.admin.create(crontabs, {
      ...crontab('held'),
      metadata: { ...key('held'), finalizers: ['example.com/wait'] },
    });
    await api.admin.create(crontabs, crontab('free'));
    await api.admin.delete(definitions, { name });
    await expect.poll(() => conditionsOf(name)).toMatchObject({ Terminating: 'True InstanceDeletionInProgress' });
    await expect(api.admin.create(crontabs, crontab('late'))).rejects.toThrow(
      'create not allowed while custom resource definition is terminating',
    );
    await api.admin.patch(crontabs, key('held'), { type: 'merge', patch: { metadata: { finalizers: [] } } });
    await expect.poll(() => api.admin.get(definitions, { name }).then(() => 'there', isNotFound)).toBe(true);
    expect(await watch.running).toBe('ended');
    expect(watch.events.filter((event) => event.startsWith('DELETED')).length).toBe(2);
    await expect(api.admin.list(crontabs)).rejects.toSatisfy(isNotFound);
  });

  it('refuses definitions whose schemas are not structural', async () => {
    const versions = [crontabVersion('v1', { schema: { openAPIV3Schema: { properties: { spec: {} } } } })];
    await expect(api.admin.create(definitions, crontabDefinition({ versions }))).rejects.toThrow(
      'spec.validation.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields',
    );
  });

  it('judges by the rules of a schema, of what is there and of what changes', async () => {
    const spec: JSONSchemaProps = {
      type: 'object',
      properties: { min: { type: 'integer' }, max: { type: 'integer' } },
      'x-kubernetes-validations': [
        { rule: 'self.min <= self.max', messageExpression: "'min %d exceeds max'.format([self.min])" },
        { rule: 'self.max >= oldSelf.max', message: 'max may only grow' },
      ],
    };
    await define({
      versions: [crontabVersion('v1', { schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } })],
    });
    const create = (min: number, max: number) =>
      api.admin.create<KubeObject>(crontabs, { metadata: key('a'), ...{ spec: { min, max } } });
    await expect(create(3, 2)).rejects.toMatchObject({
      code: 422,
      message: 'CronTab.stable.example.com "a" is invalid: spec: Invalid value: "object": min 3 exceeds max',
    });
    await create(1, 2);
    const change = (patch: object) =>
      api.admin.patch(crontabs, key('a'), { type: 'merge', patch: { spec: { ...patch } } });
    await expect(change({ max: 1 })).rejects.toThrow('spec: Invalid value: "object": max may only grow');
    await expect(change({ max: 5 })).resolves.toMatchObject({ spec: { max: 5 } });
  });
});
