import { expect, it } from 'vitest';
import { ruleMatches, type RequestPlace, type Rule } from './rule.ts';

const pods = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };
const nodes = { group: '', version: 'v1', kind: 'Node', plural: 'nodes', namespaced: false };
const create: RequestPlace = { operation: 'CREATE', namespace: 'default', name: 'a' };
const rule: Rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], scope: '*' };

it.each<[string, Partial<Rule>, Partial<RequestPlace>, boolean]>([
  ['what it names', {}, {}, true],
  ['every operation', { operations: ['*'] }, { operation: 'DELETE' }, true],
  ['no other operation', {}, { operation: 'UPDATE' }, false],
  ['no other group', { apiGroups: ['apps'] }, {}, false],
  ['no other version', { apiVersions: ['v2'] }, {}, false],
  ['no subresource of what it names', {}, { subresource: 'status' }, false],
  ['a subresource that it names', { resources: ['pods/status'] }, { subresource: 'status' }, true],
  ['any subresource', { resources: ['pods/*'] }, { subresource: 'status' }, true],
  ['the resource itself with any subresource', { resources: ['pods/*'] }, {}, true],
  ['a subresource of anything', { resources: ['*/status'] }, { subresource: 'status' }, true],
  ['resources but no subresources', { resources: ['*'] }, { subresource: 'status' }, false],
  ['everything', { resources: ['*/*'] }, { subresource: 'status' }, true],
  ['what is in a namespace', { scope: 'Namespaced' }, {}, true],
  ['nothing in a namespace', { scope: 'Cluster' }, {}, false],
  ['a name', { resourceNames: ['a'] }, {}, true],
  ['no other name', { resourceNames: ['b'] }, {}, false],
])('matches %s', (_what, rulePart, requestPart, expected) => {
  expect(ruleMatches({ ...rule, ...rulePart }, { ...create, ...requestPart }, pods)).toBe(expected);
});

it('knows the scope of a cluster', () => {
  const forNodes = { ...rule, resources: ['nodes'] };
  const request: RequestPlace = { operation: 'CREATE', name: 'a' };
  expect(ruleMatches({ ...forNodes, scope: 'Cluster' }, request, nodes)).toBe(true);
  expect(ruleMatches({ ...forNodes, scope: 'Namespaced' }, request, nodes)).toBe(false);
});
