import { expect } from 'vitest';
import type { KubeObject } from '../../../src/apimachinery/index.ts';
import type { Client, ListOptions } from '../../../src/client/index.ts';
import { testConfigMaps } from '../../harness/resources.ts';
import { createConfigMap, key, names, FORGETS, type ClientTests } from './fixture.ts';

const collection = '/api/v1/namespaces/default/configmaps';
const invalidOptions = (why: string) => ({
  code: 422,
  reason: 'Invalid',
  message: `ListOptions.meta.k8s.io "" is invalid: ${why}`,
});
const tooLarge = {
  code: 504,
  reason: 'Timeout',
  message: expect.stringMatching(/^Timeout: Too large resource version: 99999999, current: \d+$/) as string,
  status: {
    details: { retryAfterSeconds: 1, causes: [{ reason: 'ResourceVersionTooLarge' }] },
  },
};

/** Of `a` before `b` and `c` were made. */
async function versionOfA(client: Client): Promise<string> {
  const { metadata } = await createConfigMap(client, 'a');
  await createConfigMap(client, 'b');
  await createConfigMap(client, 'c');
  return metadata.resourceVersion ?? '';
}

interface Shown {
  readonly names: readonly (string | undefined)[];
  readonly isOld: boolean;
}

async function shown(client: Client, version: string, options: ListOptions): Promise<Shown> {
  const { items, metadata } = await client.list<KubeObject>(testConfigMaps, options);
  return { names: names(items), isOld: metadata.resourceVersion === version };
}

const ALL: Shown = { names: ['a', 'b', 'c'], isOld: false };
const FIRST: Shown = { names: ['a'], isOld: false };
const OLD: Shown = { names: ['a'], isOld: true };

/** What a resource version means: kubernetes.io/docs/reference/using-api/api-concepts, "Resource versions". */
export function versionTests(test: ClientTests): void {
  test('lists a state that is recent, not older than a version, or of exactly that one', async ({ client }) => {
    const version = await versionOfA(client);
    const list = (options: ListOptions) => shown(client, version, options);
    expect(await list({})).toEqual(ALL);
    expect(await list({ resourceVersion: '0' })).toEqual(ALL);
    expect(await list({ resourceVersion: version })).toEqual(ALL);
    expect(await list({ limit: 1 })).toEqual(FIRST);
    expect(await list({ limit: -1 })).toEqual(ALL);
    expect(await list({ limit: 1, resourceVersion: '0' })).toEqual(FIRST);
    expect(await list({ limit: 9, resourceVersion: version })).toEqual(OLD);
    for (const limit of [0, 9]) {
      expect(await list({ limit, resourceVersion: version, resourceVersionMatch: 'Exact' })).toEqual(OLD);
      expect(await list({ limit, resourceVersion: version, resourceVersionMatch: 'NotOlderThan' })).toEqual(ALL);
      expect(await list({ limit, resourceVersion: '0', resourceVersionMatch: 'NotOlderThan' })).toEqual(ALL);
    }
  });

  test('goes on with the pages of one state, whatever the query says beside', async ({ client }) => {
    const version = await versionOfA(client);
    const page = await client.list(testConfigMaps, { limit: 1, resourceVersion: version, namespace: 'default' });
    expect(page.metadata.continue).toBeUndefined();
    const first = await client.list(testConfigMaps, { limit: 2 });
    await createConfigMap(client, 'd');
    const token = first.metadata.continue ?? '';
    const rest = await shown(client, version, { continue: token, resourceVersion: '0' });
    expect(rest.names).toEqual(['c']);
    const pinned = client.list(testConfigMaps, { continue: token, resourceVersion: version });
    await expect(pinned).rejects.toMatchObject({
      code: 400,
      message: 'specifying resource version is not allowed when using continue',
    });
    const matched = client.list(testConfigMaps, {
      continue: token,
      resourceVersion: version,
      resourceVersionMatch: 'Exact',
    });
    const why = 'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided';
    await expect(matched).rejects.toMatchObject(invalidOptions(why));
  });

  test('refuses options that contradict each other, all at once', async ({ client }) => {
    const refused = async (query: string, why: string) => {
      await expect(client.raw(`${collection}?${query}`)).rejects.toMatchObject(invalidOptions(why));
    };
    const match = 'resourceVersionMatch';
    const needed = `${match}: Forbidden: ${match} is forbidden unless resourceVersion is provided`;
    const unknown = `${match}: Unsupported value: "Some": supported values: "Exact", "NotOlderThan", ""`;
    await refused(`${match}=Exact`, needed);
    await refused(`${match}=NotOlderThan`, needed);
    await refused(
      `${match}=Exact&resourceVersion=0`,
      `${match}: Forbidden: ${match} "exact" is forbidden for resourceVersion "0"`,
    );
    await refused(`${match}=Some&resourceVersion=1`, unknown);
    await refused(`${match}=Some`, `[${needed}, ${unknown}]`);
    await refused('sendInitialEvents=true', 'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list');
    const unless = `${match}: Forbidden: ${match} is forbidden for watch unless sendInitialEvents is provided`;
    const only = `${match}: Unsupported value: "Exact": supported values: "NotOlderThan"`;
    const requires = `${match}: Forbidden: sendInitialEvents requires setting ${match} to NotOlderThan`;
    await refused(`watch=1&${match}=NotOlderThan`, unless);
    await refused(`watch=1&${match}=Exact`, `[${unless}, ${only}]`);
    await refused(`watch=1&sendInitialEvents=true`, requires);
    await refused(`watch=1&sendInitialEvents=false&${match}=Exact`, `[${requires}, ${only}]`);
  });

  test('refuses what it cannot read', async ({ client }) => {
    const refused = async (query: string, message: string) => {
      const read = client.raw(`${collection}?${query}`);
      await expect(read).rejects.toMatchObject({ code: 400, message: expect.stringContaining(message) as string });
    };
    await refused(
      'labelSelector=a+b',
      "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
    );
    await refused('fieldSelector=data.x%3D1', '"data.x" is not a known field selector: only "metadata.name"');
    await refused('resourceVersion=x', 'invalid resource version');
    await refused('continue=x', 'invalid continue token');
    await refused('limit=x', 'strconv.ParseInt: parsing "x": invalid syntax');
    await refused('limit=9999999999999999999999', 'value out of range');
  });

  test('cannot know what is still to come', async ({ client }) => {
    await createConfigMap(client, 'a');
    const resourceVersion = '99999999';
    await expect(client.raw(`${collection}/a?resourceVersion=${resourceVersion}`)).rejects.toMatchObject(tooLarge);
    await expect(client.list(testConfigMaps, { resourceVersion })).rejects.toMatchObject(tooLarge);
    for (const resourceVersionMatch of ['Exact', 'NotOlderThan'] as const) {
      const list = client.list(testConfigMaps, { resourceVersion, resourceVersionMatch });
      await expect(list).rejects.toMatchObject(tooLarge);
    }
    const { signal } = new AbortController();
    for (const sendInitialEvents of [undefined, true, false]) {
      const initial = sendInitialEvents === undefined ? {} : { sendInitialEvents };
      const watch = client.watch(testConfigMaps, { signal, resourceVersion, ...initial });
      await expect(Array.fromAsync(watch)).rejects.toMatchObject(tooLarge);
    }
  });

  test('reads one object that is as new as is asked for', async ({ client }) => {
    const version = await versionOfA(client);
    for (const resourceVersion of ['', '0', version]) {
      const body: unknown = JSON.parse(await client.raw(`${collection}/b?resourceVersion=${resourceVersion}`));
      expect(body).toMatchObject({ metadata: { name: 'b' } });
    }
  });

  test(
    'has no old state once its history is gone, and the recent one always',
    async ({ client, compact }) => {
      const version = await versionOfA(client);
      const first = await client.list(testConfigMaps, { limit: 1 });
      await client.delete(testConfigMaps, key('b'));
      await compact();
      const list = (options: ListOptions) => shown(client, version, options);
      expect((await list({ resourceVersion: version })).names).toEqual(['a', 'c']);
      const notOlder = { resourceVersion: version, resourceVersionMatch: 'NotOlderThan' } as const;
      expect((await list({ ...notOlder, limit: 1 })).names).toEqual(['a']);
      const gone = { code: 410, reason: 'Expired', message: expect.stringContaining('too old') as string };
      await expect(list({ resourceVersion: version, resourceVersionMatch: 'Exact' })).rejects.toMatchObject(gone);
      await expect(list({ resourceVersion: version, limit: 1 })).rejects.toMatchObject(gone);

      const token = first.metadata.continue ?? '';
      const refusal = await client.list(testConfigMaps, { continue: token, limit: 1 }).catch((err: unknown) => err);
      expect(refusal).toMatchObject({ ...gone, status: { metadata: { continue: expect.any(String) as string } } });
      // @NOTE as was just seen.
      const { status } = refusal as { readonly status: { readonly metadata: { readonly continue: string } } };
      const rest = await client.list(testConfigMaps, { continue: status.metadata.continue, limit: 1 });
      expect(names(rest.items)).toEqual(['c']);
      expect(Number(rest.metadata.resourceVersion)).toBeGreaterThan(Number(first.metadata.resourceVersion));
    },
    FORGETS,
  );
}
