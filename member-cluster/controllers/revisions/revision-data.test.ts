import { expect, it } from 'vitest';
import type { ControllerRevision, PodTemplateSpec } from '../../../src/apis/index.ts';
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

it('knows a template whatever the order of its fields', () => {
  const data = { spec: { template: { $patch: 'replace', spec: { containers: [{ image: 'i:1', name: 'c' }] } } } };
  expect(hasTemplate(revisionOf(data), { spec: { containers: [{ name: 'c', image: 'i:1' }] } })).toBe(true);
  expect(hasTemplate(revisionOf(data), { spec: { containers: [{ name: 'c', image: 'i:2' }] } })).toBe(false);
});

it.each([[undefined], [{}], [{ spec: { template: 'no' } }]])('finds no template in %j', (data) => {
  expect(templateOf(revisionOf(data))).toBeUndefined();
});
