import { expect, it } from 'vitest';
import type { Service } from '../../src/apis/index.ts';
import { checkOfService, healthCheckProblem } from './shard-check.ts';
import { unjudgedClustersProblem, unjudgedWithdrawMs } from './unjudged-clusters.ts';

const service = (annotations: Readonly<Record<string, string>>, spec = web): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop', annotations },
  spec,
});
const web: NonNullable<Service['spec']> = {
  ports: [
    { port: 53, protocol: 'UDP' },
    { port: 443, protocol: 'TCP' },
    { port: 8080, protocol: 'TCP' },
  ],
};
const checked = (text: string) => service({ 'federation.koinon.dev/health-check': text });
const kept = (text: string) => service({ 'federation.koinon.dev/unjudged-clusters': text });

it.each([
  ['tcp', { check: { kind: 'tcp' }, port: 443 }],
  ['none', { check: 'none', port: 443 }],
  ['https:/healthz', { check: { kind: 'https', path: '/healthz' }, port: 443 }],
  ['http:8080/ok?full=1', { check: { kind: 'http', path: '/ok?full=1' }, port: 8080 }],
])('looks at a shard by %s', (text, expected) => {
  expect(checkOfService(checked(text))).toEqual(expected);
  expect(healthCheckProblem(checked(text))).toBe('');
});

it.each(['', 'udp', 'http', 'http:', 'http:healthz', 'http:0/x', 'http:70000/x', 'http:/a b', 'TCP'])(
  'cannot look by %j, says so and looks by TCP',
  (text) => {
    expect(healthCheckProblem(checked(text))).toContain('health-check');
    expect(checkOfService(checked(text))).toEqual({ check: { kind: 'tcp' }, port: 443 });
  },
);

it('looks by the protocol that the port names, unless told otherwise', () => {
  const spec = { ports: [{ port: 8443, appProtocol: 'https' }] };
  expect(checkOfService(service({}, spec))).toEqual({ check: { kind: 'https' }, port: 8443 });
  const asked = { 'federation.koinon.dev/health-check': 'tcp' };
  expect(checkOfService(service(asked, spec))).toEqual({ check: { kind: 'tcp' }, port: 8443 });
});

it('looks at nothing that has no port for TCP', () => {
  expect(checkOfService(service({}, { ports: [{ port: 53, protocol: 'UDP' }] }))).toBeUndefined();
});

it.each([
  ['keep', Infinity],
  ['0s', 0],
  ['90s', 90_000],
  ['5m', 300_000],
  ['2h', 7_200_000],
])('keeps a cluster that nobody can judge for %s', (text, ms) => {
  expect(unjudgedWithdrawMs(kept(text), 1)).toBe(ms);
  expect(unjudgedClustersProblem(kept(text))).toBe('');
});

it.each(['', 'withdraw', '5', '-5m', '1d', '999999h'])('cannot read %j, says so and does as usual', (text) => {
  expect(unjudgedWithdrawMs(kept(text), 7)).toBe(7);
  expect(unjudgedClustersProblem(kept(text))).toContain('unjudged-clusters');
});
