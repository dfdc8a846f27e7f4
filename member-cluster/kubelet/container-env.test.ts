import { expect, it } from 'vitest';
import type { Container, Pod } from '../../src/apis/index.ts';
import type { ConfigSource } from './config-source.ts';
import { containerEnv } from './container-env.ts';

const config: ConfigSource = async (kind, namespace, name) => {
  if (`${namespace}/${name}` !== 'shop/settings') return undefined;
  const text = { a: `${kind}-a`, b: `${kind}-b` };
  return { text, keys: new Set(Object.keys(text)) };
};

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'shop', name: 'web-1', uid: 'u', labels: { 'example.com/tier': 'front' } },
  spec: { nodeName: 'n1', containers: [{ name: 'other', resources: { limits: { cpu: '1500m', memory: '3Mi' } } }] },
};
const place = { podIP: '127.1.129.7', nodeAddress: '127.1.1.1', allocatable: { cpu: '4', memory: '8Gi' } };

async function envOf(given: Pick<Container, 'env' | 'envFrom'>): Promise<Record<string, string>> {
  const env = await containerEnv({ name: 'main', ...given }, { pod, place, config });
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}

const from = (valueFrom: NonNullable<Container['env']>[number]['valueFrom']) =>
  envOf({ env: [{ name: 'X', ...(valueFrom === undefined ? {} : { valueFrom }) }] });

it('takes whole ConfigMaps and Secrets, the later over the earlier, single variables over both', async () => {
  const envFrom = [
    { configMapRef: { name: 'settings' } },
    { secretRef: { name: 'settings' } },
    { prefix: 'P_', configMapRef: { name: 'settings' } },
    { configMapRef: { name: 'none', optional: true } },
  ];
  expect(await envOf({ envFrom, env: [{ name: 'b', value: 'own' }] })).toEqual({
    a: 'secret-a',
    b: 'own',
    P_a: 'configmap-a',
    P_b: 'configmap-b',
  });
});

it('puts in variables that are known before', async () => {
  const env = [
    { name: 'HOST', value: 'db' },
    { name: 'URL', value: 'pg://$(HOST)/$(LATER)?$$(HOST)' },
    { name: 'LATER', value: 'x' },
  ];
  expect((await envOf({ env }))['URL']).toBe('pg://db/$(LATER)?$(HOST)');
});

it.each([
  ['metadata.name', 'web-1'],
  ["metadata.labels['example.com/tier']", 'front'],
  ["metadata.annotations['none']", ''],
  ['spec.nodeName', 'n1'],
  ['status.podIP', '127.1.129.7'],
  ['status.hostIP', '127.1.1.1'],
])('tells the field %s', async (fieldPath, expected) => {
  expect((await from({ fieldRef: { fieldPath } }))['X']).toBe(expected);
});

it.each([
  [{ resource: 'limits.cpu', containerName: 'other' }, '2'],
  [{ resource: 'limits.memory', containerName: 'other', divisor: '1Mi' }, '3'],
  [{ resource: 'limits.cpu' }, '4'],
  [{ resource: 'requests.cpu' }, '0'],
  [{ resource: 'limits.cpu', containerName: 'other', divisor: '1m' }, '1500'],
])('tells the resource %o', async (resourceFieldRef, expected) => {
  expect((await from({ resourceFieldRef }))['X']).toBe(expected);
});

it('leaves out what is missing and may be', async () => {
  expect(await from({ configMapKeyRef: { name: 'none', key: 'a', optional: true } })).toEqual({});
  expect(await from({ secretKeyRef: { name: 'settings', key: 'z', optional: true } })).toEqual({});
});

it.each([
  [{ configMapKeyRef: { name: 'none', key: 'a' } }, 'configmap "none" not found'],
  [{ secretKeyRef: { name: 'settings', key: 'z' } }, 'secret shop/settings has no key "z"'],
  [{ fieldRef: { fieldPath: 'status.phase' } }, 'fieldRef status.phase is not supported'],
  [{ resourceFieldRef: { resource: 'limits.cpu', containerName: 'none' } }, 'resourceFieldRef limits.cpu'],
  [{ fileKeyRef: { volumeName: 'v', path: 'p', key: 'k' } }, 'fileKeyRef is not supported'],
])('says what is missing of %o', async (valueFrom, message) => {
  await expect(from(valueFrom)).rejects.toThrow(message);
});
