import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ruleAllows, type PolicyRule } from './rbac.ts';
import { uncovered } from './rule-cover.ts';

const rule = (verbs: string[], apiGroups: string[], resources: string[], resourceNames?: string[]): PolicyRule => ({
  verbs,
  apiGroups,
  resources,
  ...(resourceNames === undefined ? {} : { resourceNames }),
});

it.each<[string, PolicyRule[], PolicyRule[], number]>([
  ['the same', [rule(['get'], [''], ['pods'])], [rule(['get'], [''], ['pods'])], 0],
  ['less', [rule(['get', 'list'], ['', 'apps'], ['pods'])], [rule(['get'], [''], ['pods'])], 0],
  [
    'the sum of several',
    [rule(['get'], [''], ['pods']), rule(['list'], [''], ['pods'])],
    [rule(['get', 'list'], [''], ['pods'])],
    0,
  ],
  ['each verb that is missing', [rule(['get'], [''], ['pods'])], [rule(['get', 'list', 'watch'], [''], ['pods'])], 2],
  ['all verbs, of some', [rule(['get', 'list'], [''], ['pods'])], [rule(['*'], [''], ['pods'])], 1],
  ['some verbs, of all', [rule(['*'], ['*'], ['*'])], [rule(['escalate'], ['any'], ['things/part'])], 0],
  ['a subresource, of the resource', [rule(['get'], [''], ['pods'])], [rule(['get'], [''], ['pods/log'])], 1],
  [
    'a subresource, of that one of everything',
    [rule(['get'], [''], ['*/log'])],
    [rule(['get'], [''], ['pods/log'])],
    0,
  ],
  ['all names, of one', [rule(['get'], [''], ['pods'], ['a'])], [rule(['get'], [''], ['pods'])], 1],
  ['one name, of all', [rule(['get'], [''], ['pods'])], [rule(['get'], [''], ['pods'], ['a'])], 0],
  [
    'a path, of a tree',
    [{ verbs: ['get'], nonResourceURLs: ['/logs/*'] }],
    [{ verbs: ['get'], nonResourceURLs: ['/logs/a', '/metrics'] }],
    1,
  ],
  [
    'a tree, of a path',
    [{ verbs: ['get'], nonResourceURLs: ['/logs'] }],
    [{ verbs: ['get'], nonResourceURLs: ['/logs*'] }],
    1,
  ],
])('finds %s', (_, held, wanted, missing) => {
  expect(uncovered(held, wanted)).toHaveLength(missing);
});

it('never lets anybody grant what he may not do', () => {
  const some = (...values: string[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
  const anyRule = fc.record({
    verbs: some('get', 'list', '*'),
    apiGroups: some('', 'apps', '*'),
    resources: some('pods', 'pods/log', '*/log', '*'),
    resourceNames: fc.option(some('a', 'b'), { nil: [] }),
  });
  const request = fc.record({
    verb: fc.constantFrom('get', 'list', 'delete'),
    group: fc.constantFrom('', 'apps', 'batch'),
    plural: fc.constantFrom('pods', 'jobs'),
    subresource: fc.constantFrom(undefined, 'log', 'status'),
    name: fc.constantFrom(undefined, 'a', 'c'),
  });
  fc.assert(
    fc.property(
      fc.array(anyRule, { maxLength: 3 }),
      anyRule,
      request,
      (held, wanted, { verb, group, plural, ...part }) => {
        if (uncovered(held, [wanted]).length > 0) return;
        const { subresource, name } = part;
        const resource = {
          group,
          version: 'v1',
          plural,
          ...(subresource === undefined ? {} : { subresource }),
          ...(name === undefined ? {} : { name }),
        };
        const attributes = { user: { username: 'u', groups: [] }, verb, resource };
        if (ruleAllows(wanted, attributes)) expect(held.some((rule) => ruleAllows(rule, attributes))).toBe(true);
      },
    ),
    { numRuns: 3000 },
  );
});
