import { isNotFound, type KubeObject } from '../../src/apimachinery/index.ts';
import { pods as podResource, type Pod } from '../../src/apis/index.ts';
import type { Client, NewObject } from '../../src/client/index.ts';
import { mapConcurrent } from '../../src/component-base/index.ts';
import type { EventRecorder, Key } from '../../src/controller/index.ts';
import { objectKey } from './adoption.ts';
import type { Expectations } from './expectations.ts';
import { isNamespaceEnding } from './namespace-ending.ts';
import { nameOf, uidOf } from './ownership.ts';
import { slowStart } from './slow-start.ts';

export interface PodWriterDeps {
  readonly client: Client;
  readonly expectations: Expectations;
  readonly events: EventRecorder;
}

export interface PodChanges {
  readonly create?: readonly NewObject<Pod>[];
  readonly remove?: readonly Pod[];
}

export interface PodFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly error: Error;
}

/**
 * Deletes and creates pods for their owner, tells of each by an event about it, and notes what the cache does not show
 * yet. Answers with the first failure; everything else has been done, but for creates after a batch with a failure.
 */
export async function writePods(
  deps: PodWriterDeps,
  { key, object }: { readonly key: Key; readonly object: KubeObject },
  { create = [], remove = [] }: PodChanges,
): Promise<PodFailure | undefined> {
  if (create.length === 0 && remove.length === 0) return undefined;
  deps.expectations.expect(key, { creations: create.length, deletions: remove.map(uidOf) });
  const writer = { ...deps, key, object };
  const [created, removed] = await Promise.all([createAll(writer, create), removeAll(writer, remove)]);
  return created ?? removed;
}

interface Writer extends PodWriterDeps {
  readonly key: Key;
  readonly object: KubeObject;
}

async function createAll(writer: Writer, wanted: readonly NewObject<Pod>[]): Promise<PodFailure | undefined> {
  const { client, expectations, events, key, object } = writer;
  const { skipped, error } = await slowStart(wanted.length, async (index) => {
    const pod = wanted[index];
    if (pod === undefined) return;
    try {
      const created = await client.create(podResource, pod);
      events.event(object, 'Normal', 'SuccessfulCreate', `Created pod: ${nameOf(created)}`);
    } catch (err) {
      expectations.created(key);
      if (isNamespaceEnding(err)) return;
      events.event(object, 'Warning', 'FailedCreate', `Error creating: ${messageOf(err)}`);
      throw err;
    }
  });
  if (error === undefined) return undefined;
  expectations.created(key, skipped);
  return { reason: 'FailedCreate', error: asError(error) };
}

async function removeAll(writer: Writer, chosen: readonly Pod[]): Promise<PodFailure | undefined> {
  const { client, expectations, events, key, object } = writer;
  const results = await mapConcurrent(chosen, Math.max(1, chosen.length), async (pod) => {
    try {
      await client.delete(podResource, objectKey(pod), { preconditions: { uid: uidOf(pod) } });
      events.event(object, 'Normal', 'SuccessfulDelete', `Deleted pod: ${nameOf(pod)}`);
    } catch (err) {
      expectations.deleted(key, uidOf(pod));
      if (isNotFound(err)) return;
      events.event(object, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(err)}`);
      throw err;
    }
  });
  const failure = results.find((result) => result.status === 'rejected');
  return failure === undefined ? undefined : { reason: 'FailedDelete', error: asError(failure.reason) };
}

const asError = (err: unknown) => (err instanceof Error ? err : new Error(String(err)));

const messageOf = (err: unknown) => asError(err).message;
