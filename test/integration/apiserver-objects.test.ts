import { expect, it } from 'vitest';
import { isConflict, isNotFound, isStatusError, type KubeObject } from '../../src/apimachinery/index.ts';
import { jobs, namespaces as realNamespaces } from '../../src/apis/index.ts';
import type { ObjectEvent } from '../../src/client/index.ts';
import { FakeClock } from '../../src/component-base/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';
import { http2Transport as http } from '../harness/https.ts';
import {
  testConfigMaps as configMaps,
  testDeployments as deployments,
  testNamespaces as namespaces,
  testPods as pods,
} from '../harness/resources.ts';

const inDefault = (name: string) => ({ namespace: 'default', name });
const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable('it should have been refused'),
    (err: unknown) => err,
  );

it('owns uid, resourceVersion, generation and timestamps', async () => {
  await using api = await startTestApiServer({ clock: new FakeClock() });
  const created = await api.admin.create(deployments, {
    metadata: { ...inDefault('web'), uid: 'mine', generation: 7, creationTimestamp: null, selfLink: '/x' },
    spec: {},
  });
  expect(created).toMatchObject({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { replicas: 1 },
  });
  expect(created.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
  expect(created.metadata).not.toHaveProperty('selfLink');
  expect(Object.isFrozen(created.spec)).toBe(true);
  expect(await api.admin.get(deployments, inDefault('web'))).toBe(created);
});

it('counts changes of the spec in generation, and of nothing else', async () => {
  await using api = await startTestApiServer();
  const created = await api.admin.create(deployments, { metadata: inDefault('web'), spec: { replicas: 1 } });
  const labelled = await api.admin.update(deployments, {
    ...created,
    metadata: { ...created.metadata, labels: { a: 'b' } },
  });
  expect(labelled.metadata.generation).toBe(1);
  const reported = await api.admin.updateStatus(deployments, {
    ...labelled,
    spec: { replicas: 9 },
    status: { replicas: 3 },
  });
  expect(reported).toMatchObject({ metadata: { generation: 1 }, spec: { replicas: 1 }, status: { replicas: 3 } });
  const changed = await api.admin.update(deployments, { ...reported, spec: { replicas: 2 }, status: {} });
  expect(changed).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 2 }, status: { replicas: 3 } });
});

it('holds the name and namespace of a body to those of the URL', async () => {
  await using api = await startTestApiServer({ listen: true });
  await api.admin.create(configMaps, { metadata: inDefault('a') });
  await api.admin.create(namespaces, { metadata: { name: 'b' } });
  const put = (path: string, metadata: object) =>
    http.send(api, path, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ metadata }),
    });
  const one = '/api/v1/namespaces/default/configmaps/a';
  expect((await put(one, {})).json()).toMatchObject({
    code: 400,
    message: 'the name of the object (a based on URL) was undeterminable: name must be provided',
  });
  expect((await put(one, { name: 'a', namespace: 'b' })).json()).toMatchObject({
    code: 400,
    message: 'the namespace of the object (b) does not match the namespace on the request (default)',
  });
  expect((await put(one, { name: 'a' })).status).toBe(200);
  await api.admin.create(deployments, { metadata: inDefault('web'), spec: { replicas: 2 } });
  expect((await put('/apis/apps/v1/namespaces/default/deployments/web/scale', {})).status).toBe(400);
  expect((await put('/api/v1/namespaces/default/configmaps', { name: 'a' })).status).toBe(405);
  const renewed = (await put('/api/v1/namespaces/b', { name: 'b', namespace: 'ignored' })).json();
  expect(renewed).toMatchObject({ metadata: { name: 'b' } });
  expect(renewed).not.toHaveProperty('metadata.namespace');
});

it('makes no new version of what did not change', async () => {
  await using api = await startTestApiServer();
  const created = await api.admin.create(configMaps, { metadata: inDefault('a'), data: { x: '1' } });
  expect(await api.admin.update(configMaps, created)).toBe(created);
});

it('refuses a stale version and another uid, and patches whatever is there', async () => {
  await using api = await startTestApiServer();
  const first = await api.admin.create(configMaps, { metadata: inDefault('a'), data: { x: '1' } });
  await api.admin.update(configMaps, { ...first, data: { x: '2' } });
  const stale = await rejection(api.admin.update(configMaps, { ...first, data: { x: '3' } }));
  expect(isConflict(stale)).toBe(true);
  expect(String(stale)).toContain('Operation cannot be fulfilled on configmaps "a": the object has been modified');

  const other = { ...first, metadata: { ...inDefault('a'), uid: 'zz' } };
  expect(isConflict(await rejection(api.admin.update(configMaps, other)))).toBe(true);
  const renamed = { type: 'merge', patch: { metadata: { uid: 'zz' } } } as const;
  expect(await rejection(api.admin.patch(configMaps, inDefault('a'), renamed))).toMatchObject({
    code: 422,
    message: 'ConfigMap "a" is invalid: metadata.uid: Invalid value: "zz": field is immutable',
  });

  const patches = Array.from({ length: 20 }, (_, index) =>
    api.admin.patch(configMaps, inDefault('a'), { type: 'merge', patch: { data: { [`k${index}`]: 'v' } } }),
  );
  await Promise.all(patches);
  const { data } = await api.admin.get(configMaps, inDefault('a'));
  expect(Object.keys(data ?? {})).toHaveLength(21);

  const pinned = api.admin.patch(configMaps, inDefault('a'), {
    type: 'merge',
    patch: { metadata: { resourceVersion: first.metadata.resourceVersion ?? '' }, data: { x: '4' } },
  });
  expect(isConflict(await rejection(pinned))).toBe(true);
});

it('finds names for objects that have only the beginning of one', async () => {
  await using api = await startTestApiServer();
  const created = await api.admin.create(configMaps, { metadata: { namespace: 'default', generateName: 'run-' } });
  expect(created.metadata.name).toMatch(/^run-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  const nameless = await rejection(api.admin.create(configMaps, { metadata: { namespace: 'default' } }));
  expect(String(nameless)).toContain(
    'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
  );
});

it('has found the name before rules ask for it', async () => {
  await using api = await startTestApiServer({ resources: [realNamespaces, jobs] });
  const { metadata } = await api.admin.create(realNamespaces, { metadata: { generateName: 'team-' } });
  expect(metadata.labels).toEqual({ 'kubernetes.io/metadata.name': metadata.name });
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } };
  const job = await api.admin.create(jobs, {
    metadata: { namespace: 'default', generateName: 'j-' },
    spec: { template },
  });
  expect(job.metadata.name).toMatch(/^j-.{5}$/);
  expect(job.spec?.template.metadata?.labels).toMatchObject({ 'batch.kubernetes.io/job-name': job.metadata.name });
});

it('stores nothing on a dry run', async () => {
  await using api = await startTestApiServer();
  const dry = await api.admin.create(configMaps, { metadata: inDefault('a') }, { dryRun: true });
  expect(dry.metadata.uid).toBeDefined();
  expect(isNotFound(await rejection(api.admin.get(configMaps, inDefault('a'))))).toBe(true);
});

it('keeps what finalizers hold back until the write that empties them', async () => {
  await using api = await startTestApiServer();
  await api.admin.create(configMaps, { metadata: { ...inDefault('a'), finalizers: ['example.com/x'] } });
  const pending = await api.admin.delete(configMaps, inDefault('a'));
  expect(pending).toMatchObject({ kind: 'ConfigMap', metadata: { deletionGracePeriodSeconds: 0 } });
  const added = await rejection(
    api.admin.patch(configMaps, inDefault('a'), {
      type: 'merge',
      patch: { metadata: { finalizers: ['example.com/x', 'example.com/y'] } },
    }),
  );
  expect(isStatusError(added, 'Invalid')).toBe(true);
  await api.admin.patch(configMaps, inDefault('a'), { type: 'merge', patch: { metadata: { finalizers: null } } });
  expect(isNotFound(await rejection(api.admin.get(configMaps, inDefault('a'))))).toBe(true);
});

it('lets pods that run go gracefully, and sooner when asked', async () => {
  const clock = new FakeClock();
  await using api = await startTestApiServer({ clock });
  await api.admin.create(pods, { metadata: inDefault('idle'), spec: {} });
  expect(await api.admin.delete(pods, inDefault('idle'))).toMatchObject({ kind: 'Status', status: 'Success' });

  await api.admin.create(pods, { metadata: inDefault('busy'), spec: { nodeName: 'n1' } });
  const first = await api.admin.delete(pods, inDefault('busy'));
  expect(first.metadata).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 });
  const later = await api.admin.delete(pods, inDefault('busy'), { gracePeriodSeconds: 60 });
  expect(later).toBe(first);
  const sooner = await api.admin.delete(pods, inDefault('busy'), { gracePeriodSeconds: 5 });
  expect(sooner.metadata).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:05Z', deletionGracePeriodSeconds: 5 });
  expect(await api.admin.delete(pods, inDefault('busy'), { gracePeriodSeconds: 0 })).toMatchObject({ kind: 'Status' });
});

it('marks dependents by propagation policy and honours preconditions', async () => {
  await using api = await startTestApiServer();
  const { metadata } = await api.admin.create(configMaps, { metadata: inDefault('a') });
  const wrong = await rejection(api.admin.delete(configMaps, inDefault('a'), { preconditions: { uid: 'zz' } }));
  expect(String(wrong)).toContain('the UID in the precondition (zz) does not match the UID in record');
  const pending = await api.admin.delete(configMaps, inDefault('a'), {
    propagationPolicy: 'Foreground',
    preconditions: { uid: metadata.uid ?? '' },
  });
  expect(pending.metadata).toMatchObject({ finalizers: ['foregroundDeletion'] });
  const again = await api.admin.delete(configMaps, inDefault('a'), { propagationPolicy: 'Orphan' });
  expect(again.metadata).toMatchObject({ finalizers: ['orphan'] });
  expect(await api.admin.delete(configMaps, inDefault('a'), { propagationPolicy: 'Background' })).toMatchObject({
    status: 'Success',
  });
});

it('lists by selectors and in pages of one state', async () => {
  await using api = await startTestApiServer({ namespaces: ['default', 'other'] });
  for (let index = 0; index < 7; index++) {
    const namespace = index < 5 ? 'default' : 'other';
    await api.admin.create(configMaps, {
      metadata: { namespace, name: `c${index}`, labels: { parity: index % 2 === 0 ? 'even' : 'odd' } },
    });
  }
  const names = (list: { readonly items: readonly KubeObject[] }) => list.items.map(({ metadata }) => metadata.name);
  expect(names(await api.admin.list(configMaps, { labelSelector: 'parity!=odd' }))).toEqual(['c0', 'c2', 'c4', 'c6']);
  expect(names(await api.admin.list(configMaps, { fieldSelector: 'metadata.name=c6' }))).toEqual(['c6']);
  expect(names(await api.admin.list(configMaps, { namespace: 'default', fieldSelector: 'metadata.name=c' }))).toEqual(
    [],
  );

  const first = await api.admin.list(configMaps, { limit: 3 });
  expect(first.metadata.remainingItemCount).toBe(4);
  await api.admin.delete(configMaps, { namespace: 'other', name: 'c6' });
  const rest = await api.admin.list(configMaps, { limit: 5, continue: first.metadata.continue ?? '' });
  expect([...names(first), ...names(rest)]).toEqual(['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6']);
  expect(rest.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  expect(rest.metadata.continue).toBeUndefined();

  const odd = await api.admin.list(configMaps, { limit: 2, labelSelector: 'parity=odd' });
  const more = await api.admin.list(configMaps, { labelSelector: 'parity=odd', continue: odd.metadata.continue ?? '' });
  expect([...names(odd), ...names(more)]).toEqual(['c1', 'c3', 'c5']);
});

it('watches a selection: what enters it is added, what leaves it deleted', async () => {
  await using api = await startTestApiServer();
  const stop = new AbortController();
  const events: ObjectEvent[] = [];
  const done = (async () => {
    for await (const event of api.admin.watch(configMaps, { signal: stop.signal, labelSelector: 'on=yes' })) {
      events.push(event);
    }
  })();
  const seen = () => events.map(({ type, object }) => `${type} ${object.metadata.name ?? ''}`);
  const label = (value: string) => ({ type: 'merge' as const, patch: { metadata: { labels: { on: value } } } });

  await api.admin.create(configMaps, { metadata: { ...inDefault('a'), labels: { on: 'yes' } } });
  await api.admin.create(configMaps, { metadata: inDefault('b') });
  await api.admin.patch(configMaps, inDefault('b'), label('yes'));
  const off = await api.admin.patch(configMaps, inDefault('a'), label('no'));
  await api.admin.delete(configMaps, inDefault('b'));
  await expect.poll(seen).toEqual(['ADDED a', 'ADDED b', 'DELETED a', 'DELETED b']);
  expect(events[2]?.object.metadata).toMatchObject({
    labels: { on: 'yes' },
    resourceVersion: off.metadata.resourceVersion,
  });
  expect(Number(events[3]?.object.metadata.resourceVersion)).toBeGreaterThan(Number(off.metadata.resourceVersion));
  stop.abort();
  await done;
});

it('marks the end of the initial events, and time as it goes', async () => {
  const clock = new FakeClock();
  await using api = await startTestApiServer({ clock });
  await api.admin.create(configMaps, { metadata: inDefault('a') });
  const stop = new AbortController();
  const options = { signal: stop.signal, allowBookmarks: true, sendInitialEvents: true, timeoutSeconds: 90 };
  const events: ObjectEvent[] = [];
  const done = (async () => {
    for await (const event of api.admin.watch(configMaps, options)) events.push(event);
  })();
  await expect.poll(() => events.length).toBe(2);
  expect(events[1]).toMatchObject({
    type: 'BOOKMARK',
    object: { kind: 'ConfigMap', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
  });
  await clock.advance(60_000);
  expect(events[2]).toMatchObject({ type: 'BOOKMARK' });
  await clock.advance(30_000);
  await done;
  expect(events).toHaveLength(4);
  expect(clock.pending).toBe(0);
});

it('refuses users who may not', async () => {
  await using api = await startTestApiServer();
  const err = await rejection(api.client({ username: 'eve', groups: [] }).list(pods));
  expect(err).toMatchObject({
    code: 403,
    message: 'pods is forbidden: User "eve" cannot list resource "pods" in API group "" at the cluster scope',
  });
});
