import { expect, it, vi } from 'vitest';
import { configMaps, secrets, type ConfigMap } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { silentLogger, start, systemClock } from '../../src/component-base/index.ts';
import { createInformer } from '../../src/controller/index.ts';
import { FakeClient } from '../../test/harness/fake-client.ts';
import { clusters } from '../apis/index.ts';
import { ClusterClients, type ClientChange, type MemberTarget } from './cluster-clients.ts';
import { FederatedInformer, type FederatedEvent } from './federated-informer.ts';

const deps = { clock: systemClock, log: silentLogger };
const soon = { timeout: 5_000, interval: 5 };
const encoded = (text: string) => Buffer.from(text).toString('base64');

async function clientsOf(federation: FakeClient) {
  const made: MemberTarget[] = [];
  const disposed: string[] = [];
  const clusterInformer = createInformer(federation, clusters, deps);
  const secretInformer = createInformer(federation, secrets, deps);
  const clients = new ClusterClients({
    clusters: clusterInformer,
    secrets: secretInformer,
    log: silentLogger,
    createClient: (target) => {
      made.push(target);
      const dispose = async () => {
        disposed.push(target.server);
      };
      return Object.assign(new FakeClient(), { [Symbol.asyncDispose]: dispose });
    },
  });
  const running = await start([clusterInformer, secretInformer, clients]);
  return { clients, made, disposed, [Symbol.asyncDispose]: () => running.stop() };
}

const clusterObject = (server: string, secret?: string) => ({
  metadata: { name: 'east' },
  spec: {
    serverAddressByClientCIDRs: [{ serverAddress: server }],
    ...(secret === undefined ? {} : { secretRef: { name: secret } }),
  },
});
const secretObject = (token: string) => ({
  metadata: { namespace: 'federation-system', name: 'east' },
  data: { token: encoded(token), 'ca.crt': encoded('CA') },
});

it('makes a client anew when the address or the secret changes, and only then', async () => {
  const federation = new FakeClient();
  await using fixture = await clientsOf(federation);
  const { clients, made, disposed } = fixture;
  const cluster = await federation.create(clusters, clusterObject('one.test', 'east'));
  await expect.poll(() => clients.problem('east'), soon).toContain('secret federation-system/east not found');
  expect(clients.get('east')).toBeUndefined();

  const secret = await federation.create(secrets, secretObject('t1'));
  await expect.poll(() => clients.get('east'), soon).toBeDefined();
  expect(made).toEqual([{ name: 'east', server: 'https://one.test', ca: 'CA', credentials: { token: 't1' } }]);

  await federation.update(clusters, { ...cluster, metadata: { ...cluster.metadata, labels: { a: '1' } } });
  const { resourceVersion: _version, ...metadata } = secret.metadata;
  await federation.update(secrets, { ...secret, metadata, data: secretObject('t2').data });
  await expect.poll(() => made.length, soon).toBe(2);
  expect(made[1]?.credentials).toEqual({ token: 't2' });
  await expect.poll(() => disposed.length, soon).toBe(1);

  await federation.delete(secrets, { namespace: 'federation-system', name: 'east' });
  await expect.poll(() => clients.get('east'), soon).toBeUndefined();
  await federation.delete(clusters, { name: 'east' });
  await expect.poll(() => clients.problem('east'), soon).toBeUndefined();
});

it('goes on with the same client when a token is renewed', async () => {
  const federation = new FakeClient();
  await using fixture = await clientsOf(federation);
  const token = (id: string, uid: string) => {
    const claims = { iss: 'i', sub: 's', jti: id, 'kubernetes.io': { serviceaccount: { uid } } };
    return `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
  };
  await federation.create(clusters, clusterObject('one.test', 'east'));
  const secret = await federation.create(secrets, secretObject(token('1', 'a')));
  const write = (text: string) => {
    const { resourceVersion: _version, ...metadata } = secret.metadata;
    return federation.update(secrets, { ...secret, metadata, data: secretObject(text).data });
  };
  await expect.poll(() => fixture.made.length, soon).toBe(1);
  const shown = async () => {
    const credentials = fixture.made.at(-1)?.credentials;
    if (credentials === undefined || !('token' in credentials)) return undefined;
    return typeof credentials.token === 'string' ? credentials.token : credentials.token();
  };
  expect(await shown()).toBe(token('1', 'a'));
  await write(token('2', 'a'));
  await expect.poll(shown, soon).toBe(token('2', 'a'));
  expect(fixture.made).toHaveLength(1);
  await write(token('3', 'b'));
  await expect.poll(() => fixture.made.length, soon).toBe(2);
});

it('says why a secret cannot be used', async () => {
  const federation = new FakeClient();
  await using fixture = await clientsOf(federation);
  await federation.create(secrets, { metadata: { namespace: 'federation-system', name: 'east' }, data: {} });
  await federation.create(clusters, clusterObject('one.test', 'east'));
  await expect.poll(() => fixture.clients.problem('east'), soon).toContain('neither token and ca.crt nor kubeconfig');
});

function switchboard() {
  const handlers = new Set<ClientChange>();
  return {
    set: (cluster: string, client: Client | undefined) => {
      for (const handler of handlers) handler(cluster, client);
    },
    onChange: (handler: ClientChange) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
  };
}

async function following() {
  const clients = switchboard();
  const informer = new FederatedInformer<ConfigMap>('configmaps', {
    ...deps,
    clients,
    createInformer: (client) => createInformer(client, configMaps, deps),
  });
  const events: string[] = [];
  informer.onEvent(({ cluster, type, key }: FederatedEvent<ConfigMap>) => events.push(`${cluster} ${type} ${key}`));
  const changes: string[] = [];
  informer.onCluster((cluster, change) => changes.push(`${cluster} ${change}`));
  const running = await start([informer]);
  return { clients, informer, events, changes, [Symbol.asyncDispose]: () => running.stop() };
}

const settings = (name: string) => ({ metadata: { namespace: 'shop', name }, data: {} });

it('follows each member by itself: one that fails or hangs stalls no other', async () => {
  await using fixture = await following();
  const { clients, informer, events, changes } = fixture;
  const failing = new FakeClient();
  failing.down(new Error('down'));
  const hanging: Client = Object.assign(new FakeClient(), { list: () => new Promise<never>(() => undefined) });
  const good = new FakeClient();
  await good.create(configMaps, settings('a'));
  clients.set('failing', failing);
  clients.set('hanging', hanging);
  clients.set('good', good);
  await expect.poll(() => informer.get('good', 'shop/a'), soon).toBeDefined();
  expect(informer.synced('failing')).toBe(false);
  expect(informer.synced('hanging')).toBe(false);
  await good.create(configMaps, settings('b'));
  await expect.poll(() => events, soon).toEqual(['good add shop/a', 'good add shop/b']);

  clients.set('good', undefined);
  expect(informer.synced('good')).toBe(false);
  expect(changes).toEqual(['good synced', 'good connected', 'good removed']);
});

it('reads the old cache until that of a new client is complete, and tells what went in between', async () => {
  await using fixture = await following();
  const { clients, informer, events } = fixture;
  const old = new FakeClient();
  await old.create(configMaps, settings('gone'));
  await old.create(configMaps, settings('stays'));
  clients.set('east', old);
  await expect.poll(() => informer.synced('east'), soon).toBe(true);

  const next = new FakeClient();
  next.down(new Error('not yet'));
  clients.set('east', next);
  await vi.waitFor(() => {
    expect(next.calls.length).toBeGreaterThan(0);
  }, soon);
  expect(informer.get('east', 'shop/gone')).toBeDefined();
  expect(informer.connected('east')).toBe(true);

  next.up();
  await next.create(configMaps, settings('stays'));
  informer.refresh('east');
  await expect.poll(() => informer.get('east', 'shop/gone'), soon).toBeUndefined();
  expect(informer.get('east', 'shop/stays')).toBeDefined();
  expect(events).toContain('east delete shop/gone');
});

it('keeps one informer a member however often it is told to begin anew', async () => {
  let running = 0;
  const clients = switchboard();
  const client = new FakeClient();
  const informer = new FederatedInformer<ConfigMap>('configmaps', {
    ...deps,
    clients,
    createInformer: (from) => {
      const made = createInformer(from, configMaps, deps);
      return {
        name: made.name,
        lister: made.lister,
        get synced() {
          return made.synced;
        },
        get connected() {
          return made.connected;
        },
        onEvent: (handler) => made.onEvent(handler),
        onConnection: (handler) => made.onConnection(handler),
        run: async (signal, ready) => {
          running += 1;
          await made.run(signal, ready).finally(() => {
            running -= 1;
          });
        },
      };
    },
  });
  const started = await start([informer]);
  clients.set('east', client);
  await expect.poll(() => informer.connected('east'), soon).toBe(true);
  client.down(new Error('cut'));
  await expect.poll(() => informer.connected('east'), soon).toBe(false);
  for (let flap = 0; flap < 5; flap++) informer.refresh('east');
  client.up();
  informer.refresh('east');
  await expect.poll(() => informer.connected('east'), soon).toBe(true);
  await expect.poll(() => running, soon).toBe(1);
  await started.stop();
  expect(running).toBe(0);
});

it('asks nothing of a member that was given up, keeps what it knew, and lists it anew', async () => {
  await using fixture = await following();
  const { clients, informer, changes } = fixture;
  const client = new FakeClient();
  await client.create(configMaps, settings('a'));
  clients.set('east', client);
  await expect.poll(() => informer.connected('east'), soon).toBe(true);
  informer.suspend('east');
  expect(informer.connected('east')).toBe(false);
  expect(changes.at(-1)).toBe('east disconnected');
  await client.create(configMaps, settings('b'));
  const before = client.calls.length;
  expect(informer.get('east', 'shop/a')).toBeDefined();
  expect(informer.get('east', 'shop/b')).toBeUndefined();
  expect(client.calls.length).toBe(before);

  informer.refresh('east');
  await expect.poll(() => informer.get('east', 'shop/b'), soon).toBeDefined();
  await expect.poll(() => informer.connected('east'), soon).toBe(true);
});

it('tells only what is otherwise when a member is listed anew', async () => {
  await using fixture = await following();
  const { clients, informer, events } = fixture;
  const client = new FakeClient();
  for (const name of ['same', 'changed', 'gone', 'other']) await client.create(configMaps, settings(name));
  clients.set('east', client);
  await expect.poll(() => informer.connected('east'), soon).toBe(true);
  informer.suspend('east');
  events.length = 0;

  await client.patch(
    configMaps,
    { namespace: 'shop', name: 'changed' },
    { type: 'merge', patch: { data: { a: '1' } } },
  );
  await client.delete(configMaps, { namespace: 'shop', name: 'gone' });
  await client.delete(configMaps, { namespace: 'shop', name: 'other' });
  await client.create(configMaps, settings('other'));
  await client.create(configMaps, settings('new'));
  informer.refresh('east');
  await expect.poll(() => informer.connected('east'), soon).toBe(true);
  expect(events.toSorted()).toEqual([
    'east add shop/new',
    'east add shop/other',
    'east delete shop/gone',
    'east delete shop/other',
    'east update shop/changed',
  ]);
  await client.delete(configMaps, { namespace: 'shop', name: 'same' });
  await expect.poll(() => events.at(-1), soon).toBe('east delete shop/same');
});
