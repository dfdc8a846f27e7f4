import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isConditionTrue, type KubeObject } from '../../src/apimachinery/index.ts';
import { customResourceDefinitions as definitions, type JSONSchemaProps } from '../../src/apis/index.ts';
import type { TestApiServer } from '../harness/api-server.ts';
import { startCustomResourceServer } from '../harness/custom-resources.ts';
import { crontabDefinition, crontabs, crontabVersion } from '../harness/definitions.ts';
import { startWebhookServer, type WebhookServer } from '../harness/webhook-server.ts';

type Host = KubeObject & { readonly host?: string; readonly name?: string; readonly port?: string };

interface ConversionRequest {
  readonly uid: string;
  readonly desiredAPIVersion: string;
  readonly objects: readonly Host[];
}

const V1 = 'stable.example.com/v1';
const v2 = { ...crontabs, version: 'v2' };
const text: JSONSchemaProps = { type: 'string' };
const schemaOf = (...fields: readonly string[]) => ({
  openAPIV3Schema: { type: 'object', properties: Object.fromEntries(fields.map((field) => [field, text])) },
});

/** v1 has `host` and `port`, v2 `hostPort` in one: as in upstream's own example. */
function convert({ host, port, ...object }: Host & { readonly hostPort?: string }, apiVersion: string): object {
  if (apiVersion === V1) {
    const { hostPort = '', ...rest } = object;
    const [first, second] = hostPort.split(':');
    return { ...rest, apiVersion, host: first, port: second };
  }
  return { ...object, apiVersion, hostPort: `${host ?? ''}:${port ?? ''}` };
}

describe('conversion by a webhook', () => {
  let hook: WebhookServer;
  let api: TestApiServer;
  const state = { fails: '' };
  const key = (name: string) => ({ namespace: 'default', name });

  beforeAll(async () => {
    hook = await startWebhookServer({
      answers: {
        '/convert': (asked) => {
          // @NOTE nothing but ConversionReviews is sent to this path.
          const { uid, objects, desiredAPIVersion } = asked as unknown as ConversionRequest;
          const result = state.fails === '' ? { status: 'Success' } : { status: 'Failure', message: state.fails };
          const convertedObjects = objects.map((object) => convert(object, desiredAPIVersion));
          const response = { uid, result, convertedObjects };
          return JSON.stringify({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview', response });
        },
      },
    });
    api = await startCustomResourceServer();
    const clientConfig = { url: `https://127.0.0.1:${hook.port}/convert`, caBundle: hook.caBundle };
    await api.admin.create(
      definitions,
      crontabDefinition({
        versions: [
          crontabVersion('v1', { schema: schemaOf('host', 'port') }),
          crontabVersion('v2', { storage: false, schema: schemaOf('hostPort') }),
        ],
        conversion: { strategy: 'Webhook', webhook: { clientConfig, conversionReviewVersions: ['v1', 'v1beta1'] } },
      }),
    );
    await vi.waitFor(async () => {
      const { status } = await api.admin.get(definitions, { name: 'crontabs.stable.example.com' });
      expect(isConditionTrue(status?.conditions, 'Established')).toBe(true);
    });
  });

  afterAll(async () => {
    await api[Symbol.asyncDispose]();
    await hook[Symbol.asyncDispose]();
  });

  const create = (name: string, fields: object, resource = v2) =>
    api.admin.create<KubeObject>(resource, { metadata: key(name), ...fields });

  it('converts what is written and what is read', async () => {
    expect(await create('a', { hostPort: 'localhost:80' })).toMatchObject({ hostPort: 'localhost:80' });
    expect(await api.admin.get(crontabs, key('a'))).toMatchObject({ apiVersion: V1, host: 'localhost', port: '80' });
    await api.admin.patch(crontabs, key('a'), { type: 'merge', patch: { port: '81' } });
    expect(await api.admin.get(v2, key('a'))).toMatchObject({ hostPort: 'localhost:81' });
  });

  it('converts a list in one request, and each object once', async () => {
    for (const name of ['b', 'c', 'd']) await create(name, { host: name, port: '1' }, crontabs);
    hook.asked.length = 0;
    const { items } = await api.admin.list<KubeObject>(v2);
    expect(items.length).toBeGreaterThanOrEqual(3);
    expect(hook.asked.length).toBe(1);
    await api.admin.list(v2);
    expect(hook.asked.length).toBe(1);
  });

  it('converts the events of a watch, in their order', async () => {
    const { metadata } = await api.admin.list(v2);
    const controller = new AbortController();
    const seen: unknown[] = [];
    const running = (async () => {
      const options = { signal: controller.signal, resourceVersion: metadata.resourceVersion ?? '' };
      for await (const { type, object } of api.admin.watch<KubeObject>(v2, options)) {
        seen.push([type, 'hostPort' in object ? object.hostPort : undefined]);
      }
    })();
    await create('w', { host: 'w', port: '1' }, crontabs);
    await api.admin.patch(crontabs, key('w'), { type: 'merge', patch: { port: '2' } });
    await api.admin.delete(crontabs, key('w'));
    await expect
      .poll(() => seen)
      .toEqual([
        ['ADDED', 'w:1'],
        ['MODIFIED', 'w:2'],
        ['DELETED', 'w:2'],
      ]);
    controller.abort();
    await running;
  });

  it('tells in the words of the webhook why it failed', async () => {
    await create('f', { host: 'f', port: '1' }, crontabs);
    state.fails = 'not today';
    await expect(api.admin.get(v2, key('f'))).rejects.toMatchObject({
      code: 500,
      message: 'conversion webhook for stable.example.com/v1, Kind=CronTab failed: not today',
    });
    state.fails = '';
    expect(await api.admin.get(v2, key('f'))).toMatchObject({ hostPort: 'f:1' });
  });
});
