import type { Service } from '../../src/apis/index.ts';
import { annotations } from '../apis/index.ts';

const verdicts = [
  'healthy',
  'unsettled',
  'noAddress',
  'notReady',
  'lost',
  'withdrawn',
  'unjudged',
  'outvoted',
] as const;

/**
 * `unsettled`: its cluster has not told yet, nor has anything been said before. `notReady`: no endpoint is. `lost`: clients
 * cannot reach its cluster. `withdrawn`, `unjudged` (nobody can tell whether clients reach it), `outvoted` (the vantage points
 * do not reach it, the hub does): others serve that are better.
 */
export type ShardVerdict = (typeof verdicts)[number];

/** What is noted on a federated Service of the shard in one cluster. */
export interface ShardNote {
  readonly verdict: ShardVerdict;
  /** Endpoints that are ready: exact below four, then to a third or so. */
  readonly ready?: number;
  /** The part of its usual clients that it can take, where that is not all of them. */
  readonly capacity?: number;
  /** Where it was last seen, unless it is healthy. */
  readonly addresses?: readonly string[];
}

export type ShardNotes = ReadonlyMap<string, ShardNote>;

/** Reads the annotation `federation.koinon.dev/shards`; nothing of what cannot be read. */
export function parseShardNotes({ metadata }: Pick<Service, 'metadata'>): ShardNotes {
  const text = metadata.annotations?.[annotations.shards];
  if (text === undefined) return new Map();
  try {
    const entries = Object.entries(fieldsOf(JSON.parse(text)));
    return new Map(
      entries.flatMap(([cluster, value]) => {
        const note = noteOf(fieldsOf(value));
        return note === undefined ? [] : [[cluster, note] as const];
      }),
    );
  } catch (err) {
    // Users may write it too. It is written again as soon as any cluster is known.
    if (err instanceof SyntaxError) return new Map();
    throw err;
  }
}

export function formatShardNotes(notes: ShardNotes): string {
  return JSON.stringify(Object.fromEntries([...notes].sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** Endpoints behind a shard: those that are ready, of all that are not about to end. */
export interface EndpointCounts {
  readonly ready: number;
  readonly total: number;
}

/** A little less than all is as good as all: a rollout is no reason to send clients elsewhere. */
const RESERVE = 1.4;
const STEPS = 8;

/** In steps, so that not each pod that comes or goes is written on the Service. */
export function capacityNote({ ready, total }: EndpointCounts): Pick<ShardNote, 'ready' | 'capacity'> {
  const capacity = total === 0 ? 1 : Math.min(1, Math.ceil((STEPS * RESERVE * ready) / total) / STEPS);
  return { ready: roughly(ready), ...(capacity < 1 ? { capacity } : {}) };
}

/**
 * Where clients are sent when nobody is healthy and anything is better than no answer: to what was healthy when it was
 * last seen, else to what has an address at all.
 */
export function leastBad(
  notes: ShardNotes,
): readonly { readonly cluster: string; readonly addresses: readonly string[] }[] {
  const known = [...notes].flatMap(([cluster, { verdict, addresses = [] }]) =>
    addresses.length === 0 ? [] : [{ cluster, addresses, verdict }],
  );
  const perhaps = known.filter(({ verdict }) => verdict !== 'notReady');
  return (perhaps.length > 0 ? perhaps : known).map(({ cluster, addresses }) => ({ cluster, addresses }));
}

function roughly(count: number): number {
  const unit = 2 ** Math.max(0, Math.floor(Math.log2(count)) - 1);
  return count === 0 ? 0 : Math.floor(count / unit) * unit;
}

function noteOf({
  verdict: word,
  ready,
  capacity,
  addresses,
}: Readonly<Record<string, unknown>>): ShardNote | undefined {
  const verdict = verdicts.find((one) => one === word);
  if (verdict === undefined) return undefined;
  const texts = Array.isArray(addresses) ? addresses.filter((item) => typeof item === 'string') : [];
  return {
    verdict,
    ...(typeof ready === 'number' && ready >= 0 ? { ready } : {}),
    ...(typeof capacity === 'number' && capacity >= 0 && capacity <= 1 ? { capacity } : {}),
    ...(texts.length === 0 ? {} : { addresses: texts }),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
