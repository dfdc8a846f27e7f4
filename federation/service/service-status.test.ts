import { expect, it } from 'vitest';
import type { Service } from '../../src/apis/index.ts';
import { formatServiceIngresses, parseServiceIngresses } from './service-ingresses.ts';
import { withShardStatus } from './service-status.ts';
import type { ShardState } from './shard-health.ts';

const ANNOTATION = 'federation.kubernetes.io/service-ingresses';
const service: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'nginx', namespace: 'shop' },
  spec: { type: 'LoadBalancer' },
  status: { loadBalancer: {} },
};
const known = (healthy: boolean, ...ips: string[]): ShardState => ({
  kind: 'known',
  healthy,
  ingress: ips.map((ip) => ({ ip })),
});
const after = (before: Service, states: Record<string, ShardState>) =>
  withShardStatus(before, new Map(Object.entries(states)));

it('writes the original’s format: clusters in order, null without healthy endpoints, no entry without address', () => {
  const next = after(service, {
    c3: { kind: 'known', healthy: true, ingress: [{ hostname: 'x.elb.example', ipMode: 'VIP' }] },
    c1: known(true, '198.51.100.1'),
    c2: known(false, '198.51.100.2'),
    c4: known(false),
    c5: { kind: 'leftOut', why: 'lost', seen: { kind: 'unsettled', ingress: [{ ip: '198.51.100.5' }] } },
  });
  expect(next.metadata.annotations?.[ANNOTATION]).toBe(
    '{"items":[{"cluster":"c1","items":[{"ip":"198.51.100.1"}]},{"cluster":"c2","items":null},' +
      '{"cluster":"c3","items":[{"hostname":"x.elb.example"}]},{"cluster":"c5","items":null}]}',
  );
  expect(next.status?.loadBalancer?.ingress).toEqual([
    { hostname: 'x.elb.example' },
    { ip: '198.51.100.1' },
    { ip: '198.51.100.2' },
  ]);
});

it('writes nothing where nothing changed', () => {
  const states = { c1: known(true, '198.51.100.1') };
  const next = after(service, states);
  expect(after(next, states)).toBe(next);
  expect(after(service, {})).toBe(service);
});

it('says nothing of Services that have no addresses to share', () => {
  const internal = { ...service, spec: { type: 'ClusterIP' } };
  expect(after(internal, { c1: known(false), c2: { kind: 'known', ingress: [], healthy: false } })).toBe(internal);
});

it('keeps what is known of a cluster that has not told yet, as after a restart', () => {
  const before = after(service, { c1: known(true, '198.51.100.1'), c2: known(true, '198.51.100.2') });
  const unsettled = (ip: string): ShardState => ({ kind: 'unsettled', ingress: [{ ip }] });
  expect(after(before, { c1: unsettled('198.51.100.1'), c2: unsettled('198.51.100.2') })).toBe(before);
  expect(after(before, { c1: known(true, '198.51.100.1'), c2: unsettled('198.51.100.2') })).toBe(before);
});

it('drops a cluster that has left', () => {
  const before = after(service, { c1: known(true, '198.51.100.1'), c2: known(true, '198.51.100.2') });
  const next = after(before, { c1: known(true, '198.51.100.1') });
  expect(parseServiceIngresses(next.metadata.annotations?.[ANNOTATION]).map((entry) => entry.cluster)).toEqual(['c1']);
  expect(next.status?.loadBalancer?.ingress).toEqual([{ ip: '198.51.100.1' }]);
});

it.each(['', '[]', 'null', '{"items":7}', '{"items":[{"items":[{}]}]}', 'nonsense'])(
  'takes nothing from %j',
  (text) => {
    expect(parseServiceIngresses(text)).toEqual([]);
    expect(formatServiceIngresses([])).toBe('{}');
  },
);
