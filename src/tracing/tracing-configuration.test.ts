import { expect, it } from 'vitest';
import { parseTracingConfiguration } from './tracing-configuration.ts';

const head = 'apiVersion: apiserver.config.k8s.io/v1\nkind: TracingConfiguration\n';

it.each([
  ['', { url: 'http://localhost:4318/v1/traces', samplingRatePerMillion: 0 }],
  ['endpoint: 127.0.0.1:9000', { url: 'http://127.0.0.1:9000/v1/traces', samplingRatePerMillion: 0 }],
  ['endpoint: https://otel.example.com', { url: 'https://otel.example.com/v1/traces', samplingRatePerMillion: 0 }],
  ['endpoint: http://otel/mine?a=b', { url: 'http://otel/mine?a=b', samplingRatePerMillion: 0 }],
  ['samplingRatePerMillion: 1000000', { url: 'http://localhost:4318/v1/traces', samplingRatePerMillion: 1_000_000 }],
])('reads %j', async (text, expected) => {
  expect(await parseTracingConfiguration(head + text)).toEqual(expected);
});

it('takes the versions that Kubernetes had before', async () => {
  const text = 'apiVersion: apiserver.config.k8s.io/v1beta1\nkind: TracingConfiguration\nendpoint: h:1';
  expect(await parseTracingConfiguration(text)).toMatchObject({ url: 'http://h:1/v1/traces' });
});

it.each([
  ['endpoint: ""', 'endpoint: must be the address'],
  ['endpoint: ftp://a/b', 'endpoint: must be the address'],
  ['endpoint: 5', 'endpoint: must be the address'],
  ['samplingRatePerMillion: -1', 'samplingRatePerMillion: must be a whole number from 0 to 1000000'],
  ['samplingRatePerMillion: 1000001', 'samplingRatePerMillion: must be'],
  ['samplingRatePerMillion: "5"', 'samplingRatePerMillion: must be'],
  ['sampling: 5', 'sampling: unknown field'],
])('refuses %j', async (text, fault) => {
  await expect(parseTracingConfiguration(head + text)).rejects.toThrow(fault);
});

it('names every fault', async () => {
  await expect(parseTracingConfiguration('kind: Policy\nx: 1')).rejects.toThrow(
    'apiVersion: must be apiserver.config.k8s.io/v1\nkind: must be TracingConfiguration\nx: unknown field',
  );
  await expect(parseTracingConfiguration('[]')).rejects.toThrow('it is no object');
  await expect(parseTracingConfiguration('a: [')).rejects.toThrow(/./);
});
