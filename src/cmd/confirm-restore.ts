import { withDeadline } from '../component-base/index.ts';
import {
  confirmRestoration,
  heldCopies,
  readRestoration,
  type HeldCopies,
} from '../../federation/restoration/index.ts';
import { targetFederation, type TargetFlags } from './target-federation.ts';

export interface ConfirmFlags extends TargetFlags {
  readonly dryRun?: boolean;
}

const DEADLINE_MS = 30_000;

/** Prints what a restored federation would delete in its members, and lets it. */
export async function confirmRestore(flags: ConfirmFlags): Promise<void> {
  const signal = withDeadline(DEADLINE_MS);
  await using target = await targetFederation(flags, signal);
  const { federation, info } = target;
  const restoration = await readRestoration(federation, signal);
  if (restoration === undefined) {
    console.log(`Nothing waits for a confirmation in federation ${info.name}.`);
    return;
  }
  const { takenAt = 'an unknown time', restoredAt } = restoration;
  console.log(`Federation ${info.name} was restored at ${restoredAt} from a backup of ${takenAt}.`);
  for (const [cluster, copies] of await heldCopies(federation, signal)) tell(cluster, copies);
  if (flags.dryRun === true) {
    console.log('Nothing is deleted until "koinon confirm-restore".');
    return;
  }
  await confirmRestoration(federation, signal);
  console.log('Confirmed: what is to be deleted is deleted now.');
}

function tell(cluster: string, { held, unknown }: HeldCopies): void {
  if (held.length + unknown.length === 0) {
    console.log(`cluster ${cluster}: nothing to delete, nothing unknown`);
    return;
  }
  for (const copy of held) console.log(`cluster ${cluster}: ${copy} is to be deleted`);
  for (const copy of unknown) console.log(`cluster ${cluster}: ${copy} is of no object of the federation, and stays`);
}
