import { formatTime, isNotFound } from '../../../src/apimachinery/index.ts';
import {
  persistentVolumeClaims as claimResource,
  persistentVolumes as volumeResource,
  type ObjectReference,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import type { EventRecorder, Lister, Reconciler } from '../../../src/controller/index.ts';
import { objectKey } from '../adoption.ts';
import { HOLLOW_DRIVER } from '../../runtime/index.ts';
import { nameOf, uidOf } from '../ownership.ts';
import { writeStatus } from '../status-writer.ts';
import { PROVISIONED_BY } from './marks.ts';

export interface VolumeKeeperDeps {
  readonly volumes: Lister<PersistentVolume>;
  readonly claims: Lister<PersistentVolumeClaim>;
  readonly client: Client;
  readonly events: EventRecorder;
  readonly clock: Clock;
}

/** Says of each volume whether it is in use, and does with those whose claim is gone what their policy says. */
export function volumeKeeperReconciler(deps: VolumeKeeperDeps): Reconciler {
  return async (key, signal) => {
    const volume = deps.volumes.get(key);
    if (volume === undefined || volume.metadata.deletionTimestamp !== undefined) return {};
    const { claimRef } = volume.spec ?? {};
    if (claimRef === undefined || (claimRef.uid ?? '') === '') {
      await setPhase(deps, volume, { phase: 'Available' }, signal);
      return {};
    }
    const claim = await claimFor(deps, claimRef, signal);
    if (claim === undefined) await reclaim(deps, volume, signal);
    else if (claim.spec?.volumeName === nameOf(volume)) await setPhase(deps, volume, { phase: 'Bound' }, signal);
    return {};
  };
}

/** The cache may not have heard of a new claim: whoever takes a volume away asks the server first. */
async function claimFor(
  { claims, client }: VolumeKeeperDeps,
  { namespace = '', name = '', uid }: ObjectReference,
  signal: AbortSignal,
): Promise<PersistentVolumeClaim | undefined> {
  const known = claims.get(`${namespace}/${name}`);
  if (known?.metadata.uid === uid) return known;
  try {
    const claim = await client.get(claimResource, { namespace, name }, { signal });
    return claim.metadata.uid === uid ? claim : undefined;
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}

async function reclaim(deps: VolumeKeeperDeps, volume: PersistentVolume, signal: AbortSignal): Promise<void> {
  if (volume.spec?.persistentVolumeReclaimPolicy === 'Recycle') {
    const message = 'No recycler plugin found for the volume!';
    if (volume.status?.phase !== 'Failed') deps.events.event(volume, 'Warning', 'VolumeFailedRecycle', message);
    await setPhase(deps, volume, { phase: 'Failed', message }, signal);
    return;
  }
  await setPhase(deps, volume, { phase: 'Released' }, signal);
  const isOurs = volume.metadata.annotations?.[PROVISIONED_BY] === HOLLOW_DRIVER;
  if (volume.spec?.persistentVolumeReclaimPolicy !== 'Delete' || !isOurs) return;
  try {
    await deps.client.delete(volumeResource, objectKey(volume), { preconditions: { uid: uidOf(volume) }, signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}

interface Phase {
  readonly phase: 'Available' | 'Bound' | 'Released' | 'Failed';
  readonly message?: string;
}

async function setPhase(
  { client, clock }: VolumeKeeperDeps,
  volume: PersistentVolume,
  { phase, message }: Phase,
  signal: AbortSignal,
): Promise<void> {
  if (volume.status?.phase === phase) return;
  const status = {
    phase,
    ...(message === undefined ? {} : { message }),
    lastPhaseTransitionTime: formatTime(clock.now()),
  };
  await writeStatus(client, volumeResource, { ...volume, status }, signal);
}
