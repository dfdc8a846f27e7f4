import { isAlreadyExists, isNotFound } from '../../src/apimachinery/index.ts';
import { configMaps, type ConfigMap } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { FEDERATION_SYSTEM_NAMESPACE, labels } from '../apis/index.ts';

/** Copies in one cluster, as in `deployment "shop/web"`. */
export interface HeldCopies {
  /** The backup would have them deleted. */
  readonly held: readonly string[];
  /** Made from objects that the backup does not have: they stay, whatever is confirmed. */
  readonly unknown: readonly string[];
}

/** A ConfigMap holds a megabyte. */
const MOST_LINES = 4_000;

/** What was found in each cluster. */
export async function heldCopies(federation: Client, signal: AbortSignal): Promise<ReadonlyMap<string, HeldCopies>> {
  const { items } = await federation.list(configMaps, {
    namespace: FEDERATION_SYSTEM_NAMESPACE,
    labelSelector: labels.heldIn,
    signal,
  });
  return new Map(items.map((page) => [page.metadata.labels?.[labels.heldIn] ?? '', copiesOf(page)]));
}

/** So that whoever confirms can see all of it before. */
export async function keepHeldCopies(
  federation: Client,
  cluster: string,
  { held, unknown }: HeldCopies,
  signal: AbortSignal,
): Promise<void> {
  const metadata = { ...pageOf(cluster), labels: { [labels.heldIn]: cluster } };
  const page = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    data: { held: linesOf(held), unknown: linesOf(unknown) },
  };
  try {
    await federation.update(configMaps, page, { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
    await federation.create(configMaps, page, { signal }).catch((other: unknown) => {
      // The next look writes it.
      if (!isAlreadyExists(other)) throw other;
    });
  }
}

export async function forgetHeldCopies(federation: Client, cluster: string, signal: AbortSignal): Promise<void> {
  try {
    await federation.delete(configMaps, pageOf(cluster), { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}

const pageOf = (cluster: string) => ({ namespace: FEDERATION_SYSTEM_NAMESPACE, name: `held-in-${cluster}` });

function linesOf(copies: readonly string[]): string {
  const left = copies.length - MOST_LINES;
  const lines = left > 0 ? [...copies.slice(0, MOST_LINES), `and ${left} more`] : copies;
  return lines.join('\n');
}

function copiesOf({ data = {} }: ConfigMap): HeldCopies {
  const { held = '', unknown = '' } = data;
  return { held: copiesIn(held), unknown: copiesIn(unknown) };
}

function copiesIn(lines: string): readonly string[] {
  return lines === '' ? [] : lines.split('\n');
}
