import { expect, it } from 'vitest';
import { isObject } from '../../src/apimachinery/index.ts';
import type { AuditPolicy } from '../../src/apiserver/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';
import { http1Transport as http } from '../harness/https.ts';

type Event = Readonly<Record<string, unknown>>;

async function startServer(policy: AuditPolicy) {
  const events: Event[] = [];
  const write = (line: string) => {
    const event: unknown = JSON.parse(line);
    if (isObject(event)) events.push(event);
  };
  const api = await startTestApiServer({ listen: true, audit: { policy, write } });
  return { api, events, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() };
}

const path = '/api/v1/namespaces/default/configmaps';
const json = { 'content-type': 'application/json', 'user-agent': 'judge/1.0' };

it('notes who asked for what, and what came of it', async () => {
  await using server = await startServer({ rules: [{ level: 'RequestResponse' }] });
  const { api, events } = server;
  const body = '{"metadata":{"name":"a"},"data":{"x":"1"}}';
  const created = await http.send(api, `${path}?dryRun=All`, { method: 'POST', headers: json, body });
  await expect.poll(() => events.map(({ stage }) => stage)).toEqual(['RequestReceived', 'ResponseComplete']);
  expect(events[1]).toMatchObject({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID: created.headers['audit-id'],
    requestURI: `${path}?dryRun=All`,
    verb: 'create',
    user: { username: 'kubernetes-admin' },
    sourceIPs: ['127.0.0.1'],
    userAgent: 'judge/1.0',
    objectRef: { resource: 'configmaps', namespace: 'default', apiVersion: 'v1' },
    responseStatus: { code: 201 },
    requestObject: { metadata: { name: 'a' }, data: { x: '1' } },
    responseObject: { kind: 'ConfigMap', data: { x: '1' } },
  });
  expect(events[1]?.['stageTimestamp']).toMatch(/\.\d{6}Z$/);
});

it('notes refusals, and those whom nobody knows', async () => {
  await using server = await startServer({ rules: [{ level: 'Metadata' }], omitStages: ['RequestReceived'] });
  const { api, events } = server;
  await http.send(api, `${path}/none`);
  await http.send(api, path, { identity: null, headers: { authorization: 'Bearer wrong' } });
  await expect.poll(() => events.length).toBe(2);
  expect(events).toMatchObject([
    { responseStatus: { code: 404, reason: 'NotFound' }, objectRef: { name: 'none' } },
    { responseStatus: { code: 401 }, user: { username: '' } },
  ]);
  expect(events[0]).not.toHaveProperty('responseObject');
});

it('tells for whom another one asked, and of watches their beginning and their end', async () => {
  await using server = await startServer({ rules: [{ level: 'Metadata', verbs: ['watch'] }] });
  const { api, events } = server;
  const headers = { 'impersonate-user': 'jane', 'impersonate-group': 'system:masters' };
  await http.send(api, `${path}?watch=true&timeoutSeconds=1`, { headers });
  await expect
    .poll(() => events.map(({ stage }) => stage))
    .toEqual(['RequestReceived', 'ResponseStarted', 'ResponseComplete']);
  expect(events[2]).toMatchObject({ user: { username: 'kubernetes-admin' }, impersonatedUser: { username: 'jane' } });
});

it('notes nothing where the policy wants nothing', async () => {
  await using server = await startServer({ rules: [{ level: 'None', verbs: ['get'] }, { level: 'Metadata' }] });
  const { api, events } = server;
  await http.send(api, `${path}/none`);
  await http.send(api, path);
  await expect
    .poll(() => events.map(({ verb, stage }) => `${String(verb)} ${String(stage)}`))
    .toEqual(['list RequestReceived', 'list ResponseComplete']);
});
