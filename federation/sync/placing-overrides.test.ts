import { expect, it } from 'vitest';
import { configMaps, statefulSets, type ConfigMap, type StatefulSet } from '../../src/apis/index.ts';
import type { Cluster, OverridePolicy, Overriders } from '../apis/index.ts';
import { Overrides } from './placing-overrides.ts';

const cluster = (name: string): Cluster => ({
  apiVersion: 'federation/v1beta1',
  kind: 'Cluster',
  metadata: { name },
});
const policy = (overriders: Overriders, clusterNames: readonly string[] = []): OverridePolicy => ({
  apiVersion: 'policy.koinon.dev/v1alpha1',
  kind: 'OverridePolicy',
  metadata: { name: 'own', namespace: 'shop' },
  spec: { resourceSelectors: [], overrideRules: [{ targetCluster: { clusterNames }, overriders }] },
});
const settings: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'shop', resourceVersion: '1' },
  data: { colour: 'red' },
};
const database: StatefulSet = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db', namespace: 'shop' },
  spec: {
    replicas: 3,
    serviceName: 'db',
    selector: { matchLabels: { app: 'db' } },
    template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'db', image: 'db:1' }] } },
  },
};
const blue: Overriders = { plaintext: [{ path: '/data/colour', operator: 'replace', value: 'blue' }] };

it('changes what is meant for a cluster, once for all clusters that are meant alike', () => {
  const overrides = new Overrides({ resource: configMaps }, settings, [policy(blue, ['a', 'b'])]);
  const [a, b] = [overrides.of(cluster('a')), overrides.of(cluster('b'))];
  expect(a.ok && a.change?.apply(settings).data).toEqual({ colour: 'blue' });
  expect(b).toBe(a);
  expect(overrides.of(cluster('c'))).toEqual({ ok: true });
});

it('lets each cluster of an undivided workload have as many as it says', () => {
  const overrides = new Overrides({ resource: statefulSets }, database, [policy({ replicas: 5 })]);
  const outcome = overrides.of(cluster('a'));
  expect(outcome.ok && outcome.change?.apply(database).spec?.replicas).toBe(5);
});

it.each<[string, Overriders, string]>([
  [
    'what its rules refuse',
    { plaintext: [{ path: '/data/not a key!', operator: 'add', value: 'x' }] },
    'data[not a key!]: Invalid value',
  ],
  ['what is not there', { plaintext: [{ path: '/data/none', operator: 'remove' }] }, 'the server rejected our request'],
  ['replicas of what has none', { replicas: 2 }, 'a ConfigMap has no replicas'],
])('says what is wrong with %s', (_name, overriders, problem) => {
  const outcome = new Overrides({ resource: configMaps }, settings, [policy(overriders)]).of(cluster('a'));
  expect(outcome.ok ? '' : outcome.problem).toContain(`OverridePolicy shop/own rule 1: ${problem}`);
});
