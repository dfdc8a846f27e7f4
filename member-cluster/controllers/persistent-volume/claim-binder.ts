import { deepEqual, isAlreadyExists, withAnnotation, withMetadata } from '../../../src/apimachinery/index.ts';
import {
  persistentVolumeClaims as claimResource,
  persistentVolumes as volumeResource,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
} from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { EventRecorder, Lister, Reconciler } from '../../../src/controller/index.ts';
import { HOLLOW_DRIVER } from '../../runtime/index.ts';
import { nameOf } from '../ownership.ts';
import { writeStatus } from '../status-writer.ts';
import { hollowVolume, referenceTo } from './hollow-volume.ts';
import { BIND_COMPLETED, BOUND_BY_CONTROLLER, classOf, STORAGE_PROVISIONERS } from './marks.ts';
import { isPromisedTo, matchingVolume } from './match.ts';

export interface ClaimBinderDeps {
  readonly claims: Lister<PersistentVolumeClaim>;
  readonly volumes: Lister<PersistentVolume>;
  readonly classes: Lister<StorageClass>;
  /** Whether a pod that names the claim has been given its node. */
  readonly hasConsumer: (claim: PersistentVolumeClaim) => boolean;
  readonly client: Client;
  readonly events: EventRecorder;
}

/** Gives each claim a volume: one that is there, or one that its class has made for it. */
export function claimBinderReconciler(deps: ClaimBinderDeps): Reconciler {
  return async (key, signal) => {
    const claim = deps.claims.get(key);
    if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) return {};
    const { volumeName = '' } = claim.spec ?? {};
    if (volumeName === '') await findVolume(deps, claim, signal);
    else await followVolume(deps, claim, volumeName, signal);
    return {};
  };
}

async function findVolume(deps: ClaimBinderDeps, claim: PersistentVolumeClaim, signal: AbortSignal): Promise<void> {
  const { classes, volumes, events } = deps;
  const className = classOf(claim);
  const storageClass = classes.get(className);
  const waits = storageClass?.volumeBindingMode === 'WaitForFirstConsumer' && !deps.hasConsumer(claim);
  const candidates = volumes.list().filter((volume) => !waits || isPromisedTo(volume, claim));
  const volume = matchingVolume(claim, candidates);
  if (volume !== undefined) {
    await bind(deps, claim, volume, signal);
  } else if (waits) {
    const message = 'waiting for first consumer to be created before binding';
    events.event(claim, 'Normal', 'WaitForFirstConsumer', message);
  } else if (className === '') {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    events.event(claim, 'Normal', 'FailedBinding', message);
  } else if (storageClass === undefined) {
    const message = `storageclass.storage.k8s.io "${className}" not found`;
    events.event(claim, 'Warning', 'ProvisioningFailed', message);
  } else {
    await provision(deps, claim, storageClass, signal);
  }
}

async function provision(
  deps: ClaimBinderDeps,
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  signal: AbortSignal,
): Promise<void> {
  const { client, events } = deps;
  const { provisioner } = storageClass;
  if (provisioner === 'kubernetes.io/no-provisioner') {
    events.event(claim, 'Warning', 'ProvisioningFailed', `no volume plugin matched name: ${provisioner}`);
    return;
  }
  if (provisioner !== HOLLOW_DRIVER) {
    await askOutside(deps, claim, provisioner, signal);
    return;
  }
  try {
    const volume = await client.create(volumeResource, hollowVolume(claim, storageClass), { signal });
    const message = `Successfully provisioned volume ${nameOf(volume)}`;
    events.event(claim, 'Normal', 'ProvisioningSucceeded', message);
    await bind(deps, claim, volume, signal);
  } catch (err) {
    // It was made before, and comes by.
    if (!isAlreadyExists(err)) throw err;
  }
}

async function askOutside(
  { client, events }: ClaimBinderDeps,
  claim: PersistentVolumeClaim,
  provisioner: string,
  signal: AbortSignal,
): Promise<void> {
  const marks = Object.fromEntries(STORAGE_PROVISIONERS.map((mark) => [mark, provisioner]));
  const annotations = { ...claim.metadata.annotations, ...marks };
  if (!deepEqual(annotations, claim.metadata.annotations)) {
    await client.update(claimResource, withMetadata(claim, { annotations }), { signal });
  }
  const who = `either by the external provisioner '${provisioner}' or manually by the system administrator`;
  const advice =
    'If volume creation is delayed, please verify that the provisioner is running and correctly registered';
  events.event(claim, 'Normal', 'ExternalProvisioning', `Waiting for a volume to be created ${who}. ${advice}.`);
}

/** The claim names its volume, by its user or by us. */
async function followVolume(
  deps: ClaimBinderDeps,
  claim: PersistentVolumeClaim,
  volumeName: string,
  signal: AbortSignal,
): Promise<void> {
  const { volumes, events } = deps;
  const volume = volumes.get(volumeName);
  if (volume === undefined) {
    const message = 'Bound claim has lost its PersistentVolume. Data on the volume is lost!';
    if (isBound(claim)) await lose(deps, claim, { reason: 'ClaimLost', message }, signal);
  } else if (volume.spec?.claimRef === undefined || isPromisedTo(volume, claim)) {
    await bind(deps, claim, volume, signal);
  } else if (isBound(claim)) {
    const message = 'Two claims are bound to the same volume, this one is bound incorrectly';
    await lose(deps, claim, { reason: 'ClaimMisbound', message }, signal);
  } else {
    const message = `volume "${volumeName}" already bound to a different claim.`;
    events.event(claim, 'Warning', 'FailedBinding', message);
  }
}

/** Volume first, so that of two claims for it one is refused by a conflict. What is done already is not done again. */
async function bind(
  { client }: ClaimBinderDeps,
  claim: PersistentVolumeClaim,
  volume: PersistentVolume,
  signal: AbortSignal,
): Promise<void> {
  const promised = withClaim(volume, claim);
  if (promised !== volume) await client.update(volumeResource, promised, { signal });
  const named = withVolume(claim, volume);
  const bound = named === claim ? claim : await client.update(claimResource, named, { signal });
  if (bound.status?.phase === 'Bound') return;
  const { accessModes = [], capacity = {} } = volume.spec ?? {};
  await writeStatus(client, claimResource, { ...bound, status: { phase: 'Bound', accessModes, capacity } }, signal);
}

/** The same volume when it is the claim's already. */
function withClaim(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { claimRef } = volume.spec ?? {};
  if (claimRef?.uid !== undefined && claimRef.uid !== '') return volume;
  const chosen = claimRef === undefined ? withAnnotation(volume, BOUND_BY_CONTROLLER, 'yes') : volume;
  return { ...chosen, spec: { ...volume.spec, claimRef: referenceTo(claim) } };
}

/** The same claim when it has the volume already. */
function withVolume(claim: PersistentVolumeClaim, volume: PersistentVolume): PersistentVolumeClaim {
  if (isBound(claim)) return claim;
  const chosen = (claim.spec?.volumeName ?? '') === '' ? withAnnotation(claim, BOUND_BY_CONTROLLER, 'yes') : claim;
  return { ...withAnnotation(chosen, BIND_COMPLETED, 'yes'), spec: { ...claim.spec, volumeName: nameOf(volume) } };
}

const isBound = ({ metadata }: PersistentVolumeClaim) => metadata.annotations?.[BIND_COMPLETED] === 'yes';

interface Loss {
  readonly reason: 'ClaimLost' | 'ClaimMisbound';
  readonly message: string;
}

async function lose(
  { client, events }: ClaimBinderDeps,
  claim: PersistentVolumeClaim,
  { reason, message }: Loss,
  signal: AbortSignal,
): Promise<void> {
  if (claim.status?.phase === 'Lost') return;
  events.event(claim, 'Warning', reason, message);
  await writeStatus(client, claimResource, { ...claim, status: { phase: 'Lost' } }, signal);
}
