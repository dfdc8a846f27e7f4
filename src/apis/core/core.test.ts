import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import type { ConfigMap, Event, Namespace, Node, Secret } from '../generated/wire-types.ts';
import { configMaps } from './config-map.ts';
import { endpoints } from './endpoints.ts';
import { events } from './event.ts';
import { namespaces } from './namespace.ts';
import { nodes } from './node.ts';
import { secrets } from './secret.ts';

const context = { user: { username: 'u', groups: [] }, now: 0 };

function created<T extends KubeObject>({ strategy }: ResourceDefinition<T>, object: T): T {
  const defaulted = strategy.defaults?.(object) ?? object;
  return strategy.prepareForCreate?.(defaulted, context) ?? defaulted;
}

function problems<T extends KubeObject>({ strategy }: ResourceDefinition<T>, object: T, old?: T): readonly string[] {
  const next = strategy.defaults?.(object) ?? object;
  const errors = [
    ...(strategy.validate?.(next) ?? []),
    ...(old === undefined ? [] : (strategy.validateUpdate?.(next, strategy.defaults?.(old) ?? old) ?? [])),
  ];
  return errors.map(({ field, message }) => `${field}: ${message}`);
}

function cells<T extends KubeObject>({ columns = [] }: ResourceDefinition<T>, object: T, now = 0): readonly unknown[] {
  return columns.map((column) => column.value(object, now));
}

const meta = { name: 'a', namespace: 'x', creationTimestamp: '1970-01-01T00:00:00Z' };
const MINUTE = 60_000;

describe('Namespace', () => {
  const namespace: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { ...meta, name: 'web' } };

  it('begins active, held by its finalizer, labelled with its name', () => {
    expect(created(namespaces, { ...namespace, status: { phase: 'Terminating' } })).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'web' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  });

  it('gives up its finalizers only through finalize', () => {
    const old = created(namespaces, namespace);
    const without = { ...old, spec: { finalizers: [] } };
    expect(namespaces.strategy.prepareForUpdate?.(without, old, context).spec).toEqual(old.spec);
    const finalize = namespaces.subresources?.find(({ name }) => name === 'finalize');
    expect(finalize?.type === 'update' && finalize.prepareForUpdate(without, old, context).spec).toEqual({
      finalizers: [],
    });
  });

  it('keeps only finalizers that somebody can be found for', () => {
    const finalize = namespaces.subresources?.find(({ name }) => name === 'finalize');
    const problems = (finalizers: readonly string[]) => {
      const object = { ...created(namespaces, namespace), spec: { finalizers } };
      return finalize?.type === 'update' ? finalize.validateUpdate?.(object, object) : undefined;
    };
    expect(problems(['kubernetes', 'orphan', 'example.com/a'])).toEqual([]);
    expect(problems(['kubernetes', 'zzz'])).toMatchObject([
      { field: 'spec.finalizers[1]', message: expect.stringMatching(/neither a standard finalizer name/) as unknown },
    ]);
  });

  it('is terminating once its deletion began', () => {
    const deleted = namespaces.strategy.prepareForDelete?.(created(namespaces, namespace), context);
    expect(deleted && cells(namespaces, deleted)).toEqual(['web', 'Terminating', '0s']);
  });
});

describe('ConfigMap', () => {
  const configMap = (more: Partial<ConfigMap>): ConfigMap => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: meta,
    ...more,
  });

  it.each<[Partial<ConfigMap>, string[]]>([
    [{ data: { 'a.b': '1' }, binaryData: { c: 'AA==' } }, []],
    [
      { data: { 'a/b': '1' } },
      [
        "data[a/b]: Invalid value: \"a/b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
      ],
    ],
    [
      { data: { a: '1' }, binaryData: { a: 'AA==' } },
      ['data[a]: Invalid value: "a": duplicate of key present in binaryData'],
    ],
  ])('%j', (more, expected) => {
    expect(problems(configMaps, configMap(more))).toEqual(expected);
  });

  it('stays as it is once immutable', () => {
    const old = configMap({ immutable: true, data: { a: '1' } });
    expect(problems(configMaps, configMap({ data: { a: '2' } }), old)).toEqual([
      'immutable: Forbidden: field is immutable when `immutable` is set',
      'data: Forbidden: field is immutable when `immutable` is set',
    ]);
    expect(problems(configMaps, old, old)).toEqual([]);
  });

  it('shows how many entries it has', () => {
    expect(cells(configMaps, configMap({ data: { a: '1' }, binaryData: { b: '' } }), 5 * MINUTE)).toEqual([
      'a',
      2,
      '5m',
    ]);
  });
});

describe('Secret', () => {
  const secret = (more: Partial<Secret>): Secret => ({ apiVersion: 'v1', kind: 'Secret', metadata: meta, ...more });

  it('takes stringData for a way to write data', () => {
    expect(created(secrets, secret({ data: { a: 'eA==' }, stringData: { a: 'y', b: 'ü' } }))).toEqual(
      secret({ type: 'Opaque', data: { a: 'eQ==', b: 'w7w=' } }),
    );
  });

  it.each<[Partial<Secret>, string[]]>([
    [{ type: 'kubernetes.io/tls', data: { 'tls.crt': '' } }, ['data[tls.key]: Required value']],
    [
      { type: 'kubernetes.io/service-account-token' },
      ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
    ],
    [{ type: 'kubernetes.io/basic-auth', data: { username: 'eA==' } }, []],
    [{ type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '{"auths":{}}' } }, []],
    [{ type: 'kubernetes.io/dockerconfigjson' }, ['data[.dockerconfigjson]: Required value']],
    [{ type: 'my.own/type' }, []],
  ])('%j', (more, expected) => {
    expect(problems(secrets, secret(more))).toEqual(expected);
  });

  it('keeps its type', () => {
    expect(problems(secrets, secret({ type: 'b' }), secret({ type: 'a' }))).toEqual([
      'type: Invalid value: "b": field is immutable',
    ]);
  });
});

describe('Node', () => {
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { ...meta, labels: { 'node-role.kubernetes.io/worker': '', 'kubernetes.io/role': 'edge' } },
    spec: { podCIDR: '10.0.0.0/24', unschedulable: true },
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [{ type: 'InternalIP', address: '127.1.1.1' }],
      nodeInfo: {
        kubeletVersion: 'v1.34.0',
        osImage: 'Linux',
        kernelVersion: '6',
        containerRuntimeVersion: 'hollow://1',
      },
    } as Node['status'] & object,
  };

  it('shows status, roles and addresses', () => {
    expect(cells(nodes, node, MINUTE)).toEqual([
      'a',
      'Ready,SchedulingDisabled',
      'edge,worker',
      '60s',
      'v1.34.0',
      '127.1.1.1',
      '<none>',
      'Linux',
      '6',
      'hollow://1',
    ]);
    expect(cells(nodes, { ...node, status: {}, spec: {}, metadata: { name: 'b' } }).slice(0, 4)).toEqual([
      'b',
      'Unknown',
      '<none>',
      '<unknown>',
    ]);
  });

  it('gets its podCIDRs, which then stay', () => {
    expect(created(nodes, node).spec?.podCIDRs).toEqual(['10.0.0.0/24']);
    expect(problems(nodes, { ...node, spec: { podCIDR: '10.0.1.0/24' } }, node)).toEqual([
      'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
    ]);
  });

  it('keeps the status that a kubelet registers with', () => {
    expect(created(nodes, node).status).toEqual(node.status);
  });

  it('wants taints with an effect', () => {
    expect(problems(nodes, { ...node, spec: { taints: [{ key: 'a', effect: 'Never' }] } })).toEqual([
      'metadata.taints[0].effect: Unsupported value: "Never": supported values: "NoExecute", "NoSchedule", "PreferNoSchedule"',
    ]);
  });
});

describe('Event', () => {
  const event: Event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: meta,
    type: 'Normal',
    reason: 'Started',
    message: 'up\n',
    count: 3,
    involvedObject: { kind: 'Pod', name: 'web', namespace: 'x', fieldPath: 'spec' },
    source: { component: 'kubelet', host: 'n1' },
    firstTimestamp: '1970-01-01T00:00:00Z',
    lastTimestamp: '1970-01-01T00:01:00Z',
  };

  it('shows what happened to whom', () => {
    expect(cells(events, event, 2 * MINUTE)).toEqual([
      '60s',
      'Normal',
      'Started',
      'pod/web',
      'spec',
      'kubelet, n1',
      'up',
      '2m',
      3,
      'a',
    ]);
  });

  it('is found by its object', () => {
    const value = (field: string) => events.fieldSelectors?.[field]?.(event);
    expect(value('involvedObject.name')).toBe('web');
    expect(value('source')).toBe('kubelet');
  });

  it('lives in the namespace of its object, or in default', () => {
    expect(problems(events, event)).toEqual([]);
    expect(problems(events, { ...event, involvedObject: { kind: 'Node', name: 'n' } })).toEqual([
      'involvedObject.namespace: Invalid value: "": does not match event.namespace',
    ]);
  });
});

describe('Endpoints', () => {
  it('shows the first three addresses', () => {
    const addresses = ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'].map((ip) => ({ ip }));
    const object = {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: meta,
      subsets: [{ addresses, ports: [{ port: 80 }] }],
    };
    expect(cells(endpoints, object)[1]).toBe('1.1.1.1:80,1.1.1.2:80,1.1.1.3:80 + 1 more...');
    expect(cells(endpoints, { ...object, subsets: [] })[1]).toBe('<none>');
    expect(created(endpoints, object).subsets?.[0]?.ports).toEqual([{ port: 80, protocol: 'TCP' }]);
    expect(endpoints.deprecation).toBe('v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice');
    expect(problems(endpoints, { ...object, subsets: [{ ports: [{ port: 0 }] }] })).toEqual([
      'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
      'subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
    ]);
  });
});
