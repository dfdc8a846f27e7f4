import { expect, it } from 'vitest';
import { deedsOf, describeGaps, gaps, rulesFor } from './access-gaps.ts';
import { memberRules } from './member-rules.ts';

const kinds = [
  { group: '', plural: 'secrets' },
  { group: 'apps', plural: 'deployments' },
  { group: '', plural: 'configmaps' },
];
const rules = memberRules({ kinds, role: 'r' });

it('makes a rule for each group of kinds, and lets nothing else be written', () => {
  expect(rules.slice(0, 2)).toEqual([
    {
      apiGroups: [''],
      resources: ['configmaps', 'secrets'],
      verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
    },
    {
      apiGroups: ['apps'],
      resources: ['deployments'],
      verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
    },
  ]);
  const metrics = rules.filter(({ resources = [] }) => resources.includes('*'));
  expect(metrics).toEqual(
    ['custom.metrics.k8s.io', 'external.metrics.k8s.io'].map((group) => ({
      apiGroups: [group],
      resources: ['*'],
      verbs: ['get', 'list', 'watch'],
    })),
  );
  const text = JSON.stringify(rules.filter((rule) => !metrics.includes(rule)));
  for (const power of ['"*"', 'escalate', 'bind', 'impersonate']) expect(text).not.toContain(power);
});

it('grants whole groups and escalation only when asked', () => {
  const wide = memberRules({ kinds, role: 'r', groups: ['apps'], mayEscalate: true });
  expect(wide).toContainEqual(expect.objectContaining({ apiGroups: ['apps'], resources: ['*'] }));
  expect(wide).toContainEqual(expect.objectContaining({ resourceNames: ['r'], resources: ['clusterroles'] }));
  expect(gaps(deedsOf(rules), wide)).toEqual([]);
});

it('finds what rules do not allow, wildcards and names considered', () => {
  const deeds = deedsOf(rules);
  expect(gaps(deeds, rules)).toEqual([]);
  expect(gaps(deeds, [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }])).toEqual([]);
  expect(gaps(deeds, [])).toEqual(deeds);
  const narrow = [
    ...rules.filter(({ apiGroups = [] }) => !apiGroups.includes('apps')),
    { verbs: ['get', 'list', 'watch'], apiGroups: ['apps'], resources: ['deployments'] },
    { verbs: ['create'], apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'] },
  ];
  const missing = gaps(deeds, narrow);
  expect(describeGaps(missing)).toBe('create, update, patch, delete deployments.apps');
  expect(gaps(deeds, [...narrow, ...rulesFor(missing)])).toEqual([]);
});

it('tells of many kinds in few words', () => {
  const many = Array.from({ length: 12 }, (_, index) => ({ group: 'g', plural: `k${10 + index}`, verb: 'get' }));
  expect(describeGaps(many)).toMatch(/^get k10\.g, .*k17\.g and 4 more kinds$/);
});
