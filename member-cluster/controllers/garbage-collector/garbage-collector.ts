import {
  isNotFound,
  isStatusError,
  type KubeObject,
  type ObjectKey,
  type OwnerReference,
  type Resource,
} from '../../../src/apimachinery/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { InformerEvent, Key, Reconciler } from '../../../src/controller/index.ts';
import {
  DependencyGraph,
  FOREGROUND,
  graphNodeOf,
  ORPHAN,
  waitsForDependents,
  type GraphNode,
} from './dependency-graph.ts';
import { verdict, type OwnerState } from './verdict.ts';

export interface GarbageCollectorDeps {
  /** Of what may own or be owned. */
  readonly resourceOf: (apiVersion: string, kind: string) => Resource | undefined;
  readonly client: Client;
  readonly enqueue: (uid: Key) => void;
}

export interface GarbageCollector {
  /** To be told of every change of every resource. */
  observe(resource: Resource, event: InformerEvent<KubeObject>): void;
  /** Its keys are uids. */
  readonly reconcile: Reconciler;
}

/** Deletes what nobody owns any more, and lets owners go once those they wait for are gone. */
export function createGarbageCollector({ resourceOf, client, enqueue }: GarbageCollectorDeps): GarbageCollector {
  const graph = new DependencyGraph();
  const collector: Collector = { graph, client, enqueue, resourceOf };
  return {
    observe(resource, { type, object }) {
      const node = graphNodeOf(resource, object);
      if (type === 'delete') forget(collector, node);
      else remember(collector, node);
    },
    async reconcile(uid, signal) {
      const node = graph.get(uid);
      if (node === undefined) enqueueAll(enqueue, graph.dependentsOf(uid));
      else if (node.deleting) await release(collector, node, signal);
      else await judge(collector, node, signal);
      return {};
    },
  };
}

interface Collector {
  readonly graph: DependencyGraph;
  readonly client: Client;
  readonly enqueue: (uid: Key) => void;
  readonly resourceOf: GarbageCollectorDeps['resourceOf'];
}

function enqueueAll(enqueue: (uid: Key) => void, nodes: readonly { readonly uid: string }[]): void {
  for (const { uid } of nodes) enqueue(uid);
}

function remember({ graph, enqueue }: Collector, node: GraphNode): void {
  const before = graph.get(node.uid);
  graph.put(node);
  if (node.owners.length > 0 || node.deleting) enqueue(node.uid);
  // An owner that this one no longer blocks may be able to go.
  if (before !== undefined && before.owners !== node.owners) enqueueAll(enqueue, before.owners);
}

function forget({ graph, enqueue }: Collector, node: GraphNode): void {
  const known = graph.get(node.uid) ?? node;
  const dependents = graph.dependentsOf(node.uid);
  graph.remove(node.uid);
  enqueueAll(enqueue, dependents);
  enqueueAll(enqueue, known.owners);
}

/** An object on its way out: lets its dependents live on, or waits until they are gone, as its finalizers say. */
async function release(collector: Collector, node: GraphNode, signal: AbortSignal): Promise<void> {
  const { graph, client, enqueue } = collector;
  const dependents = graph.dependentsOf(node.uid);
  if (node.finalizers.includes(ORPHAN)) {
    for (const dependent of dependents) await dropReferences(client, dependent, node.uid, signal);
    await dropFinalizer(client, node, ORPHAN, signal);
  } else if (waitsForDependents(node)) {
    // A circle of objects that wait for each other would wait for ever: being waited for does not block.
    const unblocked = graph.blockersOf(node.uid).every((dependent) => graph.waitsFor(dependent, node.uid));
    if (unblocked) await dropFinalizer(client, node, FOREGROUND, signal);
    else
      enqueueAll(
        enqueue,
        dependents.filter(({ deleting }) => !deleting),
      );
  }
}

async function judge(collector: Collector, node: GraphNode, signal: AbortSignal): Promise<void> {
  const { graph, client } = collector;
  const states = new Map<OwnerReference, OwnerState>();
  for (const owner of node.owners) states.set(owner, await ownerState(collector, node, owner, signal));
  const hasDependents = graph.dependentsOf(node.uid).length > 0;
  const result = verdict(node, (owner) => states.get(owner) ?? 'present', hasDependents);
  switch (result.type) {
    case 'keep':
      return;
    case 'drop references':
      await writeOwners(client, node, result.keep, signal);
      return;
    case 'delete':
      await remove(client, node, result.propagationPolicy, signal);
  }
}

/** The graph may be behind: that an owner is gone is believed only when the API says so. */
async function ownerState(
  { graph, client, resourceOf }: Collector,
  dependent: GraphNode,
  owner: OwnerReference,
  signal: AbortSignal,
): Promise<OwnerState> {
  const known = graph.get(owner.uid);
  if (known !== undefined) return waitsForDependents(known) ? 'waiting for dependents' : 'present';

  const resource = resourceOf(owner.apiVersion, owner.kind);
  // An owner of a kind that is not served, or one that a reference cannot name, may well exist somewhere else.
  if (resource === undefined) return 'present';
  if (resource.namespaced && dependent.key.namespace === undefined) return 'present';
  const { namespace } = dependent.key;
  const key: ObjectKey =
    resource.namespaced && namespace !== undefined ? { namespace, name: owner.name } : { name: owner.name };
  try {
    const live = await client.get(resource, key, { signal });
    return live.metadata.uid === owner.uid ? 'present' : 'absent';
  } catch (err) {
    if (isNotFound(err)) return 'absent';
    throw err;
  }
}

async function remove(
  client: Client,
  { resource, key, uid }: GraphNode,
  propagationPolicy: 'Orphan' | 'Background' | 'Foreground',
  signal: AbortSignal,
): Promise<void> {
  await unlessGone(client.delete(resource, key, { propagationPolicy, preconditions: { uid }, signal }));
}

async function dropReferences(client: Client, node: GraphNode, owner: string, signal: AbortSignal): Promise<void> {
  await writeOwners(
    client,
    node,
    node.owners.filter(({ uid }) => uid !== owner),
    signal,
  );
}

async function writeOwners(
  client: Client,
  { resource, key, uid }: GraphNode,
  owners: readonly OwnerReference[],
  signal: AbortSignal,
): Promise<void> {
  const ownerReferences = owners.length === 0 ? null : owners.map((owner) => ({ ...owner }));
  const patch = { metadata: { uid, ownerReferences } };
  await unlessGone(client.patch(resource, key, { type: 'merge', patch }, { signal }));
}

async function dropFinalizer(client: Client, node: GraphNode, finalizer: string, signal: AbortSignal): Promise<void> {
  const { resource, key, uid } = node;
  try {
    const live = await client.get(resource, key, { signal });
    if (live.metadata.uid !== uid) return;
    const finalizers = (live.metadata.finalizers ?? []).filter((name) => name !== finalizer);
    const metadata = { uid, resourceVersion: live.metadata.resourceVersion, finalizers };
    await client.patch(resource, key, { type: 'merge', patch: { metadata } }, { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}

/** Gone, or another object by now: nothing is left to do. A changed resourceVersion is a conflict and tried again. */
async function unlessGone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (err) {
    if (isNotFound(err) || isUidMismatch(err)) return;
    throw err;
  }
}

function isUidMismatch(err: unknown): boolean {
  return isStatusError(err, 'Conflict') && /uid/i.test(err.message);
}
