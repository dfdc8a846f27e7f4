import { expect, it } from 'vitest';
import { SharedParts } from './shared-parts.ts';

const labels = { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/managed-by': 'somebody' };
const service = (name: string, clusterIP: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, labels: { ...labels }, annotations: { short: 'yes' } },
  spec: { clusterIP, selector: { ...labels }, ports: [{ port: 80, name: 'http' }] },
});

it('keeps what is equal once, and changes nothing', () => {
  const parts = new SharedParts();
  const [one, other, third] = ['a', 'b', 'c'].map((name) =>
    parts.object(service(name, name === 'c' ? '10.0.0.3' : '10.0.0.1')),
  );
  expect([one, other, third]).toEqual([service('a', '10.0.0.1'), service('b', '10.0.0.1'), service('c', '10.0.0.3')]);
  expect(other?.spec).toBe(one?.spec);
  expect(other?.metadata.labels).toBe(one?.metadata.labels);
  expect(third?.spec).not.toBe(one?.spec);
  expect(third?.metadata.labels).toBe(one?.metadata.labels);
});

it('makes nothing of what is small', () => {
  const parts = new SharedParts();
  parts.object({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { key: 'value' } });
  expect(parts.size).toBe(0);
});
