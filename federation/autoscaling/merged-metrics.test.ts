import { expect, it } from 'vitest';
import { notFound } from '../../src/apimachinery/index.ts';
import { NoProposal, type Measured, type MetricsSource, type PodUsages } from '../../src/autoscaling/index.ts';
import { FakeClock } from '../../src/component-base/index.ts';
import { Gaps } from './gaps.ts';
import { MemberEnquiry } from './member-enquiry.ts';
import { MergedMetrics } from './merged-metrics.ts';

const { signal } = new AbortController();
const pods = { namespace: 'shop', selector: 'app=web' };
const metric = { namespace: 'shop', metric: 'requests', metricSelector: '' };
const object = { kind: 'Service', name: 'web', apiVersion: 'v1' };

/** What a cluster answers, whatever it is asked. */
type Answer = number | Error;

function source(answer: Answer): MetricsSource {
  const told = async <R>(of: (value: number) => R): Promise<R> => {
    if (answer instanceof Error) throw answer;
    return of(answer);
  };
  const usages = () => told((value): PodUsages => new Map([['web-0', { value, at: 0, windowMs: 0 }]]));
  const measured = () => told((value): Measured => ({ value }));
  return { podUsages: usages, podMetric: usages, objectMetric: measured, externalMetric: measured };
}

function merged(answers: Readonly<Record<string, Answer>>) {
  const gaps = new Gaps();
  const sources = new Map(Object.entries(answers).map(([cluster, answer]) => [cluster, source(answer)]));
  return { gaps, metrics: new MergedMetrics(sources, new MemberEnquiry(new FakeClock()), gaps) };
}

const broken = new NoProposal('unable to fetch metrics');
const none = new NoProposal('unable to fetch metrics', {
  cause: notFound({ group: '', plural: 'metrics' }, 'requests'),
});

it('puts the pods of all clusters side by side', async () => {
  const { metrics, gaps } = merged({ asia: 10, eu: 20, us: broken });
  const usages = await metrics.podUsages({ ...pods, resource: 'cpu' }, signal);
  expect([...usages].map(([name, { value }]) => [name, value])).toEqual([
    ['asia/web-0', 10],
    ['eu/web-0', 20],
  ]);
  expect(gaps.size).toBe(1);
});

it.each<[string, Readonly<Record<string, Answer>>, Measured]>([
  ['adds up', { asia: 10, eu: 20 }, { value: 30 }],
  ['knows that a part is missing', { asia: 10, eu: broken }, { value: 10, isPartial: true }],
  ['takes it that who has none has none', { asia: 10, eu: none }, { value: 10 }],
])('%s what an object is worth', async (_what, answers, expected) => {
  expect(await merged(answers).metrics.objectMetric({ ...metric, object }, signal)).toEqual(expected);
});

it('asks anybody for what is outside of clusters, and believes who sees the most', async () => {
  const { metrics, gaps } = merged({ asia: 10, eu: 20, us: broken });
  expect(await metrics.externalMetric(metric, signal)).toEqual({ value: 20 });
  expect(gaps.size).toBe(0);
});

it('says what the first one said when nobody knows', async () => {
  const { metrics } = merged({ eu: broken, asia: new NoProposal('no custom metrics API registered') });
  await expect(metrics.podMetric({ ...pods, ...metric }, signal)).rejects.toThrow(
    'no custom metrics API registered (cluster asia)',
  );
  await expect(merged({}).metrics.externalMetric(metric, signal)).rejects.toThrow('no cluster that has pods of it');
});

it('asks who lets it wait for nothing more for a while', async () => {
  const clock = new FakeClock();
  const enquiry = new MemberEnquiry(clock);
  const silent = enquiry.ask('asia', signal, () => new Promise<never>(() => undefined));
  const refused = expect(silent).rejects.toThrow('no answer within 3000 ms');
  await clock.advance(3_000);
  await refused;
  await expect(enquiry.ask('asia', signal, () => Promise.resolve(1))).rejects.toThrow('did not answer in time lately');
  expect(await enquiry.ask('eu', signal, () => Promise.resolve(1))).toBe(1);
  await clock.advance(30_000);
  expect(await enquiry.ask('asia', signal, () => Promise.resolve(1))).toBe(1);
});
