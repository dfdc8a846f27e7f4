import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, vi } from 'vitest';
import { createServiceProxy } from '../../member-cluster/proxy/index.ts';
import { endpointSlices, nodes, services, type EndpointSlice, type Service } from '../../src/apis/index.ts';
import { silentLogger as log, start, systemClock as clock } from '../../src/component-base/index.ts';
import { createInformerSet } from '../../src/controller/index.ts';
import { FakeClient } from '../harness/fake-client.ts';

const namespace = 'default';

const service = (name: string, spec: Service['spec']): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  ...(spec === undefined ? {} : { spec }),
});

const slice = (name: string, host: string, port: number, ready: boolean): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  ports: [{ name: '', protocol: 'TCP', port }],
  endpoints: [{ addresses: [host], conditions: { ready } }],
});

async function answering(host: string): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(`from ${host}`);
  }).listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as { port: number }; // @NOTE a TCP server's address is never a string
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

const ask = (host: string, port: number) => text(connect({ host, port }));

async function running(client: FakeClient) {
  const informers = createInformerSet(client, { clock, log });
  const warnings: string[] = [];
  const proxy = createServiceProxy({
    informers,
    owns: (address) => address.startsWith('127.251.'),
    events: { event: (_about, type, reason, message) => warnings.push(`${type} ${reason}: ${message}`) },
    clock,
    log,
  });
  const parts = await start([informers, proxy]);
  return { warnings, [Symbol.asyncDispose]: () => parts.stop() };
}

it('follows Services, endpoints and nodes', async () => {
  const client = new FakeClient();
  await using pod = await answering('127.251.129.1');
  await client.create(nodes, {
    metadata: { name: 'n1' },
    status: { addresses: [{ type: 'InternalIP', address: '127.251.1.1' }] },
  });
  const spec = { type: 'NodePort', clusterIP: '127.251.96.7', ports: [{ port: 8080, nodePort: 30_080 }] };
  await client.create(services, service('web', spec));
  await client.create(endpointSlices, slice('web', '127.251.129.1', pod.port, true));
  await using _proxy = await running(client);

  const answer = 'from 127.251.129.1';
  const everywhere = [
    ['127.251.96.7', 8080],
    ['127.251.1.1', 30_080],
  ] as const;
  for (const [host, port] of everywhere)
    await vi.waitFor(async () => {
      expect(await ask(host, port)).toBe(answer);
    });

  await client.update(endpointSlices, slice('web', '127.251.129.1', pod.port, false));
  for (const [host, port] of everywhere) {
    await vi.waitFor(async () => {
      await expect(ask(host, port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    });
  }

  await client.update(endpointSlices, slice('web', '127.251.129.1', pod.port, true));
  const balanced = {
    ...service('web', { ...spec, type: 'LoadBalancer' }),
    status: { loadBalancer: { ingress: [{ ip: '127.251.200.1' }] } },
  };
  await client.update(services, balanced);
  await vi.waitFor(async () => {
    expect(await ask('127.251.200.1', 8080)).toBe(answer);
  });

  await client.create(nodes, {
    metadata: { name: 'n2' },
    status: { addresses: [{ type: 'InternalIP', address: '127.251.1.2' }] },
  });
  await vi.waitFor(async () => {
    expect(await ask('127.251.1.2', 30_080)).toBe(answer);
  });

  await client.delete(services, { namespace, name: 'web' });
  await vi.waitFor(async () => {
    await expect(ask('127.251.96.7', 8080)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

it('says on the Service what cannot be done for it, once', async () => {
  const client = new FakeClient();
  await using pod = await answering('127.251.129.1');
  const first = { clusterIP: '127.251.96.8', externalIPs: ['127.251.7.7', '192.0.2.1'], ports: [{ port: 8080 }] };
  await client.create(services, service('first', first));
  await client.create(
    services,
    service('second', { ...first, clusterIP: '127.251.96.9', externalIPs: ['127.251.7.7'] }),
  );
  for (const name of ['first', 'second']) {
    await client.create(endpointSlices, slice(name, '127.251.129.1', pod.port, true));
  }
  await using proxy = await running(client);
  for (let i = 0; i < 3; i++) {
    await client.update(endpointSlices, {
      ...slice('first', '127.251.129.1', pod.port, true),
      metadata: { ...slice('first', '', 0, true).metadata, annotations: { i: String(i) } },
    });
  }
  await vi.waitFor(async () => {
    expect(await ask('127.251.96.9', 8080)).toBe('from 127.251.129.1');
  });
  expect(proxy.warnings.sort()).toEqual([
    'Warning AddressConflict: TCP 127.251.7.7:8080 is that of Service default/first',
    'Warning NotForwarded: external IP 192.0.2.1 is not an address of this cluster',
  ]);
});

it('answers the health checks of load balancers for each node', async () => {
  const client = new FakeClient();
  for (const [name, address] of [
    ['n1', '127.251.1.1'],
    ['n2', '127.251.1.2'],
  ] as const) {
    await client.create(nodes, { metadata: { name }, status: { addresses: [{ type: 'InternalIP', address }] } });
  }
  const ports = [{ port: 8080 }];
  const spec = { type: 'LoadBalancer', clusterIP: '127.251.96.9', externalTrafficPolicy: 'Local', ports };
  await client.create(services, service('web', { ...spec, healthCheckNodePort: 30_999 }));
  const whole = slice('web', '127.251.129.1', 1, true);
  const endpoints = [{ addresses: ['127.251.129.1'], nodeName: 'n1' }];
  await client.create(endpointSlices, { ...whole, endpoints });
  await using _proxy = await running(client);
  const checked = async (host: string) => {
    const response = await fetch(`http://${host}:30999/healthz`);
    return [response.status, await response.json()];
  };
  const answer = (localEndpoints: number) => ({
    service: { namespace, name: 'web' },
    localEndpoints,
    serviceProxyHealthy: true,
  });
  await vi.waitFor(async () => {
    expect(await checked('127.251.1.1')).toEqual([200, answer(1)]);
  });
  expect(await checked('127.251.1.2')).toEqual([503, answer(0)]);
});
