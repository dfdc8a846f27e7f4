import { expect, it } from 'vitest';
import { bootstrapFlowControl, flowSchemas, priorityLevelConfigurations } from '../../src/apis/index.ts';
import { silentLogger, start, systemClock } from '../../src/component-base/index.ts';
import { createInformerSet } from '../../src/controller/index.ts';
import { flowSchemaStatus, informedFlowControl } from '../../src/flow-control/index.ts';
import type { ResourceDefinition } from '../../src/apiserver/index.ts';
import { startTestApiServer, type TestApiServer } from '../harness/api-server.ts';
import { http2Transport as http } from '../harness/https.ts';
import { testResources } from '../harness/resources.ts';

const NEVER = new AbortController().signal;
const resources: readonly ResourceDefinition[] = [...testResources, flowSchemas, priorityLevelConfigurations];

/** A server that takes turns as its own objects say, and where everybody but the administrator is `user`. */
async function startServer() {
  const state: { api?: TestApiServer } = {};
  const clock = systemClock;
  const set = () => {
    if (state.api === undefined) throw new TypeError('the server has not started');
    return (known ??= createInformerSet(state.api.admin, { clock, log: silentLogger }));
  };
  let known: ReturnType<typeof createInformerSet> | undefined;
  const api = await startTestApiServer({
    resources,
    listen: true,
    flowControl: () => informedFlowControl(set),
    authenticators: () => [
      async ({ bearerToken }) => (bearerToken === undefined ? undefined : { username: bearerToken, groups: ['users'] }),
    ],
    authorizer: () => async () => ({ allowed: true }),
  });
  state.api = api;
  await bootstrapFlowControl(api.admin, NEVER);
  const informers = set();
  const status = flowSchemaStatus({ client: api.admin, informers, clock, log: silentLogger });
  const running = await start([informers, status]);
  const stack = new AsyncDisposableStack();
  stack.use(api);
  stack.defer(() => running.stop());
  return { api, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const asUser = (name: string) => ({ identity: null, headers: { authorization: `Bearer ${name}` } });

it('tells which flow schema and priority level a request fell to', async () => {
  await using server = await startServer();
  const { api } = server;
  const uid = async (name: string) => (await api.admin.get(flowSchemas, { name })).metadata.uid;
  const administrator = await http.send(api, '/api/v1/namespaces');
  expect(administrator.headers['x-kubernetes-pf-flowschema-uid']).toBe(await uid('exempt'));
  const anybody = await http.send(api, '/api/v1/namespaces', asUser('jane'));
  expect(anybody.headers['x-kubernetes-pf-flowschema-uid']).toBe(await uid('global-default'));
});

it('refuses those whom a new level has no room for, and nobody else', async () => {
  await using server = await startServer();
  const { api } = server;
  await api.admin.create(priorityLevelConfigurations, {
    metadata: { name: 'nothing' },
    spec: {
      type: 'Limited',
      limited: { nominalConcurrencyShares: 0, borrowingLimitPercent: 0, limitResponse: { type: 'Reject' } },
    },
  });
  const [rules] = (await api.admin.get(flowSchemas, { name: 'catch-all' })).spec?.rules ?? [];
  if (rules === undefined) throw new TypeError('the catch-all has rules');
  await api.admin.create(flowSchemas, {
    metadata: { name: 'noisy' },
    spec: {
      priorityLevelConfiguration: { name: 'nothing' },
      matchingPrecedence: 2,
      rules: [{ ...rules, subjects: [{ kind: 'User', user: { name: 'noisy' } }] }],
    },
  });
  const ask = async (name: string) => (await http.send(api, '/api/v1/namespaces', asUser(name))).status;
  await expect.poll(() => ask('noisy')).toBe(429);
  const refused = await http.send(api, '/api/v1/namespaces', asUser('noisy'));
  expect(refused.headers['retry-after']).toBe('1');
  expect(refused.json()).toMatchObject({ reason: 'TooManyRequests' });
  expect(await ask('quiet')).toBe(200);
});

it('says of a flow schema whether its priority level is there', async () => {
  await using server = await startServer();
  const { api } = server;
  const dangling = async (name: string) => {
    const { status } = await api.admin.get(flowSchemas, { name });
    return status?.conditions?.map((condition) => `${condition.type ?? ''} ${condition.status ?? ''}`);
  };
  await expect.poll(() => dangling('global-default')).toEqual(['Dangling False']);
  await api.admin.create(flowSchemas, {
    metadata: { name: 'lost' },
    spec: { priorityLevelConfiguration: { name: 'absent' }, matchingPrecedence: 500 },
  });
  await expect.poll(() => dangling('lost')).toEqual(['Dangling True']);
});
