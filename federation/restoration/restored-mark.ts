import { isAlreadyExists, isNotFound } from '../../src/apimachinery/index.ts';
import { configMaps, type ConfigMap } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { annotations, FEDERATION_SYSTEM_NAMESPACE } from '../apis/index.ts';

/** What the federation stores is of an earlier time than what its members have. */
export interface Restoration {
  /** When the backup was taken, as in `2026-01-31T12:00:00Z`; absent where that is not known. */
  readonly takenAt?: string;
  readonly restoredAt: string;
}

/** As long as this ConfigMap is there unconfirmed, nothing is removed in members. */
export const RESTORED_MARK = { namespace: FEDERATION_SYSTEM_NAMESPACE, name: 'restored' } as const;

/** To be called before anything is decided by what is stored. What was confirmed of an earlier restore counts no more. */
export async function markRestored(
  federation: Client,
  { takenAt, restoredAt }: Restoration,
  signal: AbortSignal,
): Promise<void> {
  const data = { restoredAt, ...(takenAt === undefined ? {} : { takenAt }) };
  const mark = { metadata: RESTORED_MARK, data };
  try {
    await federation.create(configMaps, mark, { signal });
  } catch (err) {
    if (!isAlreadyExists(err)) throw err;
    await federation.update(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', ...mark }, { signal });
  }
}

/** The restore that nobody has confirmed yet. */
export function unconfirmed(mark: ConfigMap | undefined): Restoration | undefined {
  if (mark === undefined || mark.metadata.annotations?.[annotations.confirm] === 'true') return undefined;
  const { takenAt, restoredAt = mark.metadata.creationTimestamp ?? '' } = mark.data ?? {};
  return { restoredAt, ...(takenAt === undefined ? {} : { takenAt }) };
}

/** As `unconfirmed`, by asking the federation. */
export async function readRestoration(federation: Client, signal: AbortSignal): Promise<Restoration | undefined> {
  try {
    return unconfirmed(await federation.get(configMaps, RESTORED_MARK, { signal }));
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}

/** What the backup makes of the members is meant. Resolves to false when there was nothing to confirm. */
export async function confirmRestoration(federation: Client, signal: AbortSignal): Promise<boolean> {
  if ((await readRestoration(federation, signal)) === undefined) return false;
  const patch = { metadata: { annotations: { [annotations.confirm]: 'true' } } };
  await federation.patch(configMaps, RESTORED_MARK, { type: 'merge', patch }, { signal });
  return true;
}

/** In a few words. */
export function describe({ takenAt, restoredAt }: Restoration): string {
  const from = takenAt === undefined ? 'a backup' : `a backup of ${takenAt}`;
  return `the federation was restored from ${from} at ${restoredAt}`;
}
