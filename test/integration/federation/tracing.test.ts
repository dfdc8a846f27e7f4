import { expect, it } from 'vitest';
import { configMaps, namespaces } from '../../../src/apis/index.ts';
import { createRemoteClient } from '../../../src/client/index.ts';
import { silentLogger, systemClock } from '../../../src/component-base/index.ts';
import { startOtlpTracer } from '../../../src/tracing/index.ts';
import { startTestApiServer } from '../../harness/api-server.ts';
import { startTraceCollector, type TraceCollector } from '../../harness/trace-collector.ts';
import { startTestFederation } from './fixture.ts';

const MILLION = 1_000_000;

const tracerOf = ({ url }: TraceCollector, service: string, samplingRatePerMillion: number) =>
  startOtlpTracer({
    ...{ url, service, samplingRatePerMillion },
    instance: 'a',
    clock: systemClock,
    log: silentLogger,
  });

it('shows what became of a federated object, up to the work of the member on it, as one trace', async () => {
  await using collector = await startTraceCollector();
  await using hub = await tracerOf(collector, 'hub', MILLION);
  // Whether it traces is for the federation to say.
  await using member = await tracerOf(collector, 'member', 0);
  await using fleet = await startTestFederation({
    names: ['gce-asia-east1'],
    remote: true,
    api: { tracer: member },
    federation: { tracer: hub },
  });
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  // Copies of a kind are watched from its first object on, and what waits for that is a trace of its own.
  await fleet.admin.create(configMaps, { metadata: { namespace: 'shop', name: 'first' }, data: {} });
  const { admin } = fleet.member('gce-asia-east1');
  await expect
    .poll(() => admin.get(configMaps, { namespace: 'shop', name: 'first' }).catch(() => undefined))
    .toBeDefined();
  const made = await fleet.admin.create(configMaps, { metadata: { namespace: 'shop', name: 'settings' }, data: {} });
  const find = (name: string) =>
    collector.spans.find((span) => span.name === name && span.attributes['koinon.object'] === 'shop/settings');
  await expect.poll(() => find('copy')).toBeDefined();
  const copy = find('copy');
  const inTrace = () => collector.spans.filter(({ traceId }) => traceId === copy?.traceId);
  const named = (name: string) => inTrace().find((span) => span.name === name);
  await expect.poll(() => named('POST /api/v1/namespaces/{:namespace}/configmaps')).toBeDefined();
  await expect.poll(() => named('create configmaps')).toBeDefined();
  await expect.poll(() => named('reconcile')).toBeDefined();

  const reconcile = named('reconcile');
  const write = named('create configmaps');
  const served = named('POST /api/v1/namespaces/{:namespace}/configmaps');
  expect(reconcile?.parentSpanId).toBeUndefined();
  expect(reconcile?.attributes).toMatchObject({
    'koinon.resource': 'configmaps',
    name: 'settings',
    uid: made.metadata.uid,
  });
  expect(named('plan')?.parentSpanId).toBe(reconcile?.spanId);
  expect(copy).toMatchObject({ parentSpanId: reconcile?.spanId, attributes: { 'koinon.cluster': 'gce-asia-east1' } });
  expect(write).toMatchObject({ kind: 'client', parentSpanId: copy?.spanId });
  expect(served).toMatchObject({ kind: 'server', from: 'member a', parentSpanId: write?.spanId });
  expect(served?.attributes).toMatchObject({ 'http.response.status_code': 201, verb: 'create' });
  expect(String(served?.attributes['audit-id'])).toMatch(new RegExp(`^${made.metadata.uid ?? ''}\\.`));
});

it('traces requests that somebody traces, and others by the rate; what fails by us is told as failed', async () => {
  await using collector = await startTraceCollector();
  const tracer = await tracerOf(collector, 'api', 0);
  await using api = await startTestApiServer({ listen: true, tracer });
  await using client = createRemoteClient({
    server: api.url,
    ca: api.certificates.ca,
    credentials: api.certificates.admin,
  });
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  await client.list(configMaps, { namespace: 'default' });
  await client.list(configMaps, { namespace: 'default', context: { traceparent } });
  await expect(
    client.get(configMaps, { namespace: 'default', name: 'none' }, { context: { traceparent, auditId: 'one' } }),
  ).rejects.toThrow('not found');
  await client.raw('/version', { context: { traceparent: 'nonsense' } });
  await tracer[Symbol.asyncDispose]();
  expect(collector.spans).toMatchObject([
    { name: 'GET /api/v1/namespaces/{:namespace}/configmaps', traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16) },
    {
      name: 'GET /api/v1/namespaces/{:namespace}/configmaps/{:name}',
      attributes: { 'http.response.status_code': 404, 'audit-id': 'one', 'user_agent.original': 'koinon' },
      failure: undefined,
    },
  ]);
});
