import { expect, it } from 'vitest';
import { parsePreferences } from './preferences.ts';

it.each([
  '{"rebalance":true,"clusters":{"Gce-A":{"minReplicas":1,"maxReplicas":9,"weight":3},"*":{"weight":1}}}',
  '{"Rebalance":true,"Clusters":{"Gce-A":{"MinReplicas":1,"MAXREPLICAS":9,"Weight":3},"*":{"Weight":1}}}',
])('reads keys in any case but leaves cluster names alone: %s', (text) => {
  expect(parsePreferences(text)).toEqual({
    ok: true,
    preferences: {
      rebalance: true,
      clusters: { 'Gce-A': { minReplicas: 1, maxReplicas: 9, weight: 3 }, '*': { minReplicas: 0, weight: 1 } },
    },
  });
});

it('takes null for absent', () => {
  expect(parsePreferences('{"rebalance":null,"clusters":{"a":{"maxReplicas":null}}}')).toEqual({
    ok: true,
    preferences: { rebalance: false, clusters: { a: { minReplicas: 0, weight: 0 } } },
  });
});

it.each([
  ['', /JSON/],
  ['{"clusters":', /JSON/],
  ['[]', /the value must be an object/],
  ['{"clusters":[]}', /clusters must be an object/],
  ['{"rebalance":"yes"}', /rebalance must be true or false/],
  ['{"clusters":{"a":{"weight":1.5}}}', /clusters\[a\]\.weight must be a whole number/],
  ['{"clusters":{"a":{"minReplicas":-1}}}', /clusters\[a\]\.minReplicas/],
  ['{"clusters":{"a":{"maxReplicas":"3"}}}', /clusters\[a\]\.maxReplicas/],
])('says what is wrong with %j', (text, problem) => {
  const parsed = parsePreferences(text);
  expect(parsed).toMatchObject({ ok: false });
  if (!parsed.ok) expect(parsed.problem).toMatch(problem);
});
