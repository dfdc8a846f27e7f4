import { expect, it } from 'vitest';
import { isObject } from '../../src/apimachinery/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../src/apiserver/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';
import { testDeployments } from '../harness/resources.ts';

it('shows plugins a Scale where that is what is changed, and takes what they make of it', async () => {
  const asked: AdmissionRequest[] = [];
  const modest: AdmissionPlugin = {
    name: 'Modest',
    handles: ({ subresource }) => subresource === 'scale',
    async mutate(request) {
      asked.push(request);
      const { object } = request;
      if (!isObject(object)) throw new TypeError('a scale is an object');
      return { ...object, spec: { replicas: 3 } };
    },
    async validate(request) {
      asked.push(request);
    },
  };
  await using api = await startTestApiServer({ admission: () => [modest] });
  const key = { namespace: 'default', name: 'web' };
  await api.admin.create(testDeployments, { metadata: key, spec: { replicas: 1 } });
  const patch = { type: 'merge', patch: { spec: { replicas: 9 } } } as const;
  await api.admin.patch(testDeployments, key, patch, { subresource: 'scale' });
  expect((await api.admin.get(testDeployments, key)).spec.replicas).toBe(3);
  expect(asked.map(({ body, object, oldObject }) => [body?.kind, object, oldObject])).toMatchObject([
    ['Scale', { kind: 'Scale', metadata: key, spec: { replicas: 9 } }, { kind: 'Scale', spec: { replicas: 1 } }],
    ['Scale', { kind: 'Scale', metadata: key, spec: { replicas: 3 } }, { kind: 'Scale', spec: { replicas: 1 } }],
  ]);
});
