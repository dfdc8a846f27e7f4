import { expect, it } from 'vitest';
import type { Ingress, IngressBackend, IngressSpec } from '../generated/wire-types.ts';
import { validateIngress } from './ingress-validation.ts';

const backend: IngressBackend = { service: { name: 'web', port: { number: 80 } } };
const ingress = (spec: IngressSpec, annotations = {}): Ingress => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'a', annotations },
  spec,
});
const texts = (object: Ingress, old?: Ingress) =>
  validateIngress(object, old).map(({ field, message }) => `${field}: ${message}`);
const withPath = (path: string | undefined, pathType: string | undefined): IngressSpec => ({
  rules: [
    {
      host: 'a.b',
      http: {
        paths: [{ ...(path === undefined ? {} : { path }), ...(pathType === undefined ? {} : { pathType }), backend }],
      },
    },
  ],
});
const PATH = 'spec.rules[0].http.paths[0]';

it.each<[string | undefined, string | undefined, readonly string[]]>([
  ['/', 'Prefix', []],
  [undefined, 'ImplementationSpecific', []],
  ['/a//b', 'ImplementationSpecific', []],
  [undefined, undefined, [`${PATH}.pathType: Required value: pathType must be specified`]],
  [undefined, 'Exact', [`${PATH}.path: Invalid value: "": must be an absolute path`]],
  ['a', 'ImplementationSpecific', [`${PATH}.path: Invalid value: "a": must be an absolute path`]],
  ['/a//b', 'Prefix', [`${PATH}.path: Invalid value: "/a//b": must not contain '//'`]],
  [
    '/a/../%2fb',
    'Exact',
    [
      `${PATH}.path: Invalid value: "/a/../%2fb": must not contain '/../'`,
      `${PATH}.path: Invalid value: "/a/../%2fb": must not contain '%2f'`,
    ],
  ],
  ['/a/.', 'Prefix', [`${PATH}.path: Invalid value: "/a/.": cannot end with '/.'`]],
  [
    'x',
    'Other',
    [`${PATH}.pathType: Unsupported value: "Other": supported values: "Exact", "ImplementationSpecific", "Prefix"`],
  ],
])('judges path %s of type %s', (path, pathType, expected) => {
  expect(texts(ingress(withPath(path, pathType)))).toEqual(expected);
});

it.each<[string, IngressBackend, readonly string[]]>([
  ['nothing', {}, ['spec.defaultBackend: Invalid value: "": resource or service backend is required']],
  [
    'both',
    { ...backend, resource: { kind: 'A', name: 'a' } },
    ['spec.defaultBackend: Invalid value: "": cannot set both resource and service backends'],
  ],
  ['no port', { service: { name: 'web' } }, ['spec.defaultBackend: Required value: port name or number is required']],
  [
    'two ports',
    { service: { name: 'web', port: { name: 'http', number: 80 } } },
    ['spec.defaultBackend: Invalid value: "": cannot set both port name & port number'],
  ],
  ['no name', { service: { name: '', port: { name: 'http' } } }, ['spec.defaultBackend.service.name: Required value']],
  [
    'an empty resource',
    { resource: { kind: '', name: '' } },
    [
      'spec.defaultBackend.resource.kind: Required value: kind is required',
      'spec.defaultBackend.resource.name: Required value: name is required',
    ],
  ],
  [
    'a path for a name',
    { resource: { kind: 'A', name: 'a/b' } },
    ['spec.defaultBackend.resource.name: Invalid value: "a/b": may not contain \'/\''],
  ],
])('judges a backend of %s', (_what, defaultBackend, expected) => {
  expect(texts(ingress({ defaultBackend }))).toEqual(expected);
});

it('judges hosts, certificates and classes', () => {
  expect(texts(ingress({}))).toEqual([
    'spec: Invalid value: null: either `defaultBackend` or `rules` must be specified',
  ]);
  expect(texts(ingress({ rules: [{ host: '10.0.0.1' }, { host: '*.b' }] }))).toEqual([
    'spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
  ]);
  const tls = [{ hosts: ['*.example.com', 'A'], secretName: 'b_c' }];
  expect(
    texts(ingress({ defaultBackend: backend, tls, ingressClassName: 'X' })).map((text) => text.split(' ')[0]),
  ).toEqual(['spec.tls[0].hosts[1]:', 'spec.tls[0].secretName:', 'spec.ingressClassName:']);
});

it('takes no class from two places in a new one', () => {
  const twice = ingress(
    { defaultBackend: backend, ingressClassName: 'nginx' },
    { 'kubernetes.io/ingress.class': 'nginx' },
  );
  expect(texts(twice)).toEqual([
    'annotations.kubernetes.io/ingress.class: Invalid value: "nginx": can not be set when the class field is also set',
  ]);
  expect(texts(twice, twice)).toEqual([]);
});
