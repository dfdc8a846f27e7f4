import { expect, it } from 'vitest';
import { auditDecision, type AuditPolicy } from './policy.ts';
import { parseAuditPolicy } from './parse-policy.ts';

const user = { username: 'jane', groups: ['system:authenticated', 'dev'] };
const pods = { group: '', version: 'v1', plural: 'pods', namespace: 'default', name: 'a' };
const asked = { user, verb: 'get', resource: pods };

const levelOf = (rules: AuditPolicy['rules'], attributes: Parameters<typeof auditDecision>[1] = asked) =>
  auditDecision({ rules }, attributes).level;

it.each([
  [{ level: 'Metadata' }, 'Metadata'],
  [{ level: 'Metadata', users: ['jane'] }, 'Metadata'],
  [{ level: 'Metadata', users: ['joe'] }, 'None'],
  [{ level: 'Metadata', userGroups: ['dev'] }, 'Metadata'],
  [{ level: 'Metadata', userGroups: ['ops'] }, 'None'],
  [{ level: 'Metadata', verbs: ['get', 'list'] }, 'Metadata'],
  [{ level: 'Metadata', verbs: ['create'] }, 'None'],
  [{ level: 'Metadata', namespaces: ['default'] }, 'Metadata'],
  [{ level: 'Metadata', namespaces: [''] }, 'None'],
  [{ level: 'Metadata', resources: [{ group: '', resources: ['pods'] }] }, 'Metadata'],
  [{ level: 'Metadata', resources: [{ group: 'apps' }] }, 'None'],
  [{ level: 'Metadata', resources: [{ resources: ['*'], resourceNames: ['a'] }] }, 'Metadata'],
  [{ level: 'Metadata', resources: [{ resources: ['pods'], resourceNames: ['b'] }] }, 'None'],
  [{ level: 'Metadata', resources: [{ resources: ['pods/log'] }] }, 'None'],
  [{ level: 'Metadata', nonResourceURLs: ['*'] }, 'None'],
] as const)('takes a rule %j for a request on a pod as %s', (rule, level) => {
  expect(levelOf([rule])).toBe(level);
});

it.each([
  ['pods/log', 'Metadata'],
  ['pods/*', 'Metadata'],
  ['*/log', 'Metadata'],
  ['pods', 'None'],
])('takes %s for a log as %s', (resource, level) => {
  const attributes = { ...asked, resource: { ...pods, subresource: 'log' } };
  expect(levelOf([{ level: 'Metadata', resources: [{ resources: [resource] }] }], attributes)).toBe(level);
});

it('lets the first rule that matches decide, and notes nothing without one', () => {
  expect(levelOf([{ level: 'None', verbs: ['get'] }, { level: 'Request' }])).toBe('None');
  expect(levelOf([{ level: 'None', verbs: ['list'] }, { level: 'Request' }])).toBe('Request');
  expect(levelOf([])).toBe('None');
  expect(
    levelOf([{ level: 'Metadata', nonResourceURLs: ['/healthz*'] }], { user, verb: 'get', path: '/healthz/x' }),
  ).toBe('Metadata');
});

it('joins the stages that a policy and its rule leave out', () => {
  const rules = [{ level: 'Metadata', omitStages: ['ResponseStarted'] }] as const;
  const { omitStages } = auditDecision({ rules, omitStages: ['RequestReceived'] }, asked);
  expect([...omitStages]).toEqual(['RequestReceived', 'ResponseStarted']);
});

it('reads a policy, and names every fault of a bad one', async () => {
  const good = 'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: Metadata\n';
  expect(await parseAuditPolicy(good)).toMatchObject({ rules: [{ level: 'Metadata' }] });
  const bad =
    'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Everything\n  user: [a]\n  verbs: get\n' +
    '- level: None\n  nonResourceURLs: ["/x"]\n  resources: [{group: apps, name: x}]\n';
  await expect(parseAuditPolicy(bad)).rejects.toThrow(
    [
      'rules[0].user: there is no such field',
      'rules[0].level: must be one of None, Metadata, Request, RequestResponse',
      'rules[0].verbs: must be a list of strings',
      'rules[1].resources[0].name: there is no such field',
      'rules[1].nonResourceURLs: a rule cannot be about resources and other paths at once',
    ].join('\n'),
  );
  await expect(parseAuditPolicy('[]')).rejects.toThrow('it is no object');
});
