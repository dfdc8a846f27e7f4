import { isObject, withMetadata, type KubeObject } from '../../src/apimachinery/index.ts';
import { annotations } from '../apis/index.ts';
import { troublesIn, type TroubleRecord } from './placing-troubles.ts';
import type { Troubled } from './troubled-copies.ts';

/** What has to be known of an object that is divided even when none of its copies tells it any longer. */
export interface RecordNotes {
  /** Pods of a Job that have succeeded, by cluster: it has nothing more to do there, whatever becomes of the copy. */
  readonly done?: Readonly<Record<string, number>>;
  /** The number of the first pod of a StatefulSet, by cluster. */
  readonly ordinals?: Readonly<Record<string, number>>;
}

/** Why an object is where it is: annotation `federation.koinon.dev/placement`, for people and for whoever starts again. */
export interface PlacementRecord extends RecordNotes {
  /** Which one decides, such as `PlacementPolicy shop/web`. */
  readonly policy?: string;
  /** `true`, or the number of replicas, of a Job that of completions. */
  readonly clusters: Readonly<Record<string, number | true>>;
  /** Names of clusters by the reason that keeps it away from them. */
  readonly excluded?: Readonly<Record<string, readonly string[]>>;
  /** What the pods of it name goes along. */
  readonly dependencies?: true;
  /** Clusters by what is wrong with the overrides for them, where it stays as it is. */
  readonly overrideProblems?: Readonly<Record<string, readonly string[]>>;
  readonly problem?: string;
  /** Copies that are not as they shall be, and since when. */
  readonly troubled?: TroubleRecord;
}

/** Of one reason; the rest is counted. */
const MOST_NAMES = 20;

export function formatRecord(record: PlacementRecord): string {
  return JSON.stringify(record);
}

/** What is there may have been written by anybody: what cannot be read is as good as nothing. */
export function recordOf(object: KubeObject): PlacementRecord | undefined {
  const value = noted(object);
  if (!isObject(value?.['clusters'])) return undefined;
  return {
    clusters: countsOf(value['clusters']),
    ...(value['dependencies'] === true ? { dependencies: true } : {}),
    ...(isObject(value['done']) ? { done: numbersIn(value['done']) } : {}),
    ...(isObject(value['ordinals']) ? { ordinals: numbersIn(value['ordinals']) } : {}),
  };
}

/** Copies that were not as they should be when the record was written. */
export function notedTroubles(object: KubeObject): ReadonlyMap<string, Troubled> {
  return troublesIn(noted(object)?.['troubled']);
}

function noted({ metadata }: KubeObject): Readonly<Record<string, unknown>> | undefined {
  const text = metadata.annotations?.[annotations.placement];
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch (err) {
    if (err instanceof SyntaxError) return undefined;
    throw err;
  }
}

function countsOf(clusters: Readonly<Record<string, unknown>>): Record<string, number | true> {
  return Object.fromEntries(
    Object.entries(clusters).filter(
      (entry): entry is [string, number | true] => entry[1] === true || isCount(entry[1]),
    ),
  );
}

function numbersIn(counts: Readonly<Record<string, unknown>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter((entry): entry is [string, number] => isCount(entry[1])));
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** It is nowhere any more, and nobody decides where. */
export function withoutRecord<T extends KubeObject>(object: T): T {
  const { [annotations.placement]: record, ...others } = object.metadata.annotations ?? {};
  return record === undefined ? object : withMetadata(object, { annotations: others });
}

/** Reasons by cluster, turned round for reading. */
export function byReason(reasons: ReadonlyMap<string, string>): Record<string, readonly string[]> {
  const byText = Map.groupBy(reasons, ([, reason]) => reason);
  const shown = [...byText].map(([reason, entries]) => {
    const names = entries.map(([name]) => name).sort();
    const rest = names.length - MOST_NAMES;
    return [reason, rest > 0 ? [...names.slice(0, MOST_NAMES), `and ${rest} more`] : names] as const;
  });
  return Object.fromEntries(shown.sort(([a], [b]) => (a < b ? -1 : 1)));
}
