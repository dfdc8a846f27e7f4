import { expect, it } from 'vitest';
import type { ControllerRevision, PodTemplateSpec } from '../../../src/apis/index.ts';
import { parseJson } from '../../../src/apimachinery/index.ts';
import { hasTemplate, revisionData, templateOf } from './revision-data.ts';

const template: PodTemplateSpec = {
  metadata: { labels: { app: 'a' } },
  spec: { containers: [{ name: 'c', image: 'i:1' }] },
};

const revisionOf = (data: ControllerRevision['data']): ControllerRevision => ({
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  metadata: { name: 'r' },
  revision: 1,
  ...(data === undefined ? {} : { data }),
});

it('keeps a template as a patch that brings it back', () => {
  const revision = revisionOf(revisionData(template));
  expect(revision.data).toEqual({ spec: { template: { ...template, $patch: 'replace' } } });
  expect(templateOf(revision)).toEqual(template);
});

it('writes the fields of a template in the order that clients compare them in', () => {
  const data = revisionData({
    spec: { containers: [{ name: 'c', image: 'i:1' }] },
    metadata: { labels: { b: '1', a: '2' } },
  });
  expect(JSON.stringify(data)).toBe(
    '{"spec":{"template":{"$patch":"replace","metadata":{"labels":{"a":"2","b":"1"}},"spec":{"containers":[{"image":"i:1","name":"c"}]}}}}',
  );
});

it('keeps the digits of long numbers', () => {
  const runAsUser = parseJson('9007199254740993');
  // @NOTE what a number may be after parsing, though its type says `number`.
  const spec = { containers: [], securityContext: { runAsUser: runAsUser as number } };
  expect(JSON.stringify(revisionData({ spec }))).toContain('"runAsUser":9007199254740993}');
});

it('knows a template whatever the order of its fields', () => {
  const data = { spec: { template: { $patch: 'replace', spec: { containers: [{ image: 'i:1', name: 'c' }] } } } };
  expect(hasTemplate(revisionOf(data), { spec: { containers: [{ name: 'c', image: 'i:1' }] } })).toBe(true);
  expect(hasTemplate(revisionOf(data), { spec: { containers: [{ name: 'c', image: 'i:2' }] } })).toBe(false);
});

it.each([[undefined], [{}], [{ spec: { template: 'no' } }]])('finds no template in %j', (data) => {
  expect(templateOf(revisionOf(data))).toBeUndefined();
});
