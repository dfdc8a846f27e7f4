import { expect, it } from 'vitest';
import { startTraceCollector } from '../../test/harness/trace-collector.ts';
import { createLogger, FakeClock, silentLogger, systemClock } from '../component-base/index.ts';
import { startOtlpTracer } from './otlp-tracer.ts';

const MILLION = 1_000_000;
const own = { service: 'koinon-test', instance: 'a', clock: systemClock, log: silentLogger };
const elsewhere = (isSampled: boolean) => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), isSampled });

it('sends what was worked on, as a part of what, and what it failed by', async () => {
  await using collector = await startTraceCollector();
  const tracer = await startOtlpTracer({ ...own, url: collector.url, samplingRatePerMillion: MILLION });
  const whole = tracer.begin('whole', { kind: 'server', attributes: { code: 200, is: true } });
  const part = tracer.begin('part', { kind: 'client', parent: whole.context });
  part.set({ cluster: 'east' });
  part.end(new Error('it broke'));
  whole.end();
  whole.end(new Error('too late'));
  await tracer[Symbol.asyncDispose]();
  const { traceId, spanId } = whole.context;
  expect(collector.spans).toMatchObject([
    {
      name: 'part',
      kind: 'client',
      traceId,
      parentSpanId: spanId,
      attributes: { cluster: 'east' },
      failure: 'it broke',
    },
    { name: 'whole', kind: 'server', traceId, spanId, attributes: { code: 200, is: true }, failure: undefined },
  ]);
  expect(collector.spans[0]?.from).toBe('koinon-test a');
  expect(collector.spans[1]?.parentSpanId).toBeUndefined();
});

it('records of what began elsewhere what is wanted there, and of its own what the rate says', async () => {
  await using collector = await startTraceCollector();
  const tracer = await startOtlpTracer({ ...own, url: collector.url, samplingRatePerMillion: 0 });
  tracer.begin('own').end();
  tracer.begin('unwanted', { parent: elsewhere(false) }).end();
  const wanted = tracer.begin('wanted', { parent: elsewhere(true) });
  expect(wanted.context).toMatchObject({ traceId: 'a'.repeat(32), isSampled: true });
  expect(tracer.begin('also own').context.isSampled).toBe(false);
  wanted.end();
  await tracer[Symbol.asyncDispose]();
  expect(collector.spans.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([['wanted', 'b'.repeat(16)]]);
});

it('says that spans are lost when the collector refuses them', async () => {
  await using collector = await startTraceCollector('refuses');
  const said: string[] = [];
  const log = createLogger({ destination: { write: (line) => said.push(line) } });
  const tracer = await startOtlpTracer({ ...own, log, url: collector.url, samplingRatePerMillion: MILLION });
  tracer.begin('lost').end();
  await tracer[Symbol.asyncDispose]();
  expect(said).toEqual([expect.stringContaining('spans do not reach the collector')]);
});

it('ends in time whatever the collector does', async () => {
  await using collector = await startTraceCollector('hangs');
  const clock = new FakeClock();
  const tracer = await startOtlpTracer({ ...own, clock, url: collector.url, samplingRatePerMillion: MILLION });
  tracer.begin('waits').end();
  const ending = tracer[Symbol.asyncDispose]();
  await clock.advance(3_000);
  await ending;
});
