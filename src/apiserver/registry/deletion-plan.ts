import { deepEqual, formatTime, parseTime, type KubeObject, type ObjectMeta } from '../../apimachinery/index.ts';
import type { ResourceDefinition, WriteContext } from '../resource-definition.ts';

/** `meta/v1 DeleteOptions`. */
export interface DeletionOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export type DeletionPlan =
  | { readonly step: 'remove' }
  /** It stays for now, in this form. */
  | { readonly step: 'keep'; readonly object: KubeObject }
  /** It is being deleted already and nothing about that changes. */
  | { readonly step: 'nothing' };

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** What a DELETE does to an object as it is now. */
export function planDeletion(
  definition: ResourceDefinition,
  object: KubeObject,
  options: DeletionOptions,
  context: WriteContext,
): DeletionPlan {
  const { strategy } = definition;
  const first = object.metadata.deletionTimestamp === undefined;
  const finalizers = finalizersAfter(object, options.propagationPolicy ?? strategy.defaultPropagation, options);
  const schedule = first ? begin(definition, object, options, context) : shorten(object.metadata, options);
  const marked = withDeletion(object, finalizers, schedule);
  if (isFreeToGo(definition, marked)) return { step: 'remove' };
  const kept = first ? (strategy.prepareForDelete?.(marked, context) ?? marked) : marked;
  return deepEqual(kept, object) ? { step: 'nothing' } : { step: 'keep', object: kept };
}

/** A deleted object that nothing holds back any more. */
export function isFreeToGo({ strategy }: ResourceDefinition, object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata;
  return (
    deletionTimestamp !== undefined &&
    deletionGracePeriodSeconds === 0 &&
    finalizers.length === 0 &&
    (strategy.finalizers?.(object) ?? []).length === 0
  );
}

type Schedule = Pick<ObjectMeta, 'deletionTimestamp' | 'deletionGracePeriodSeconds' | 'generation'>;

function begin(
  { strategy }: ResourceDefinition,
  object: KubeObject,
  { gracePeriodSeconds }: DeletionOptions,
  { now }: WriteContext,
): Schedule {
  const grace = atLeast(strategy.gracePeriodSeconds?.(object, clamp(gracePeriodSeconds)) ?? 0);
  const { generation } = object.metadata;
  return {
    deletionTimestamp: formatTime(now + grace * 1000),
    deletionGracePeriodSeconds: grace,
    ...(generation === undefined ? {} : { generation: generation + 1 }),
  };
}

/** A later DELETE may only shorten the time that is left. */
function shorten(metadata: ObjectMeta, { gracePeriodSeconds }: DeletionOptions): Schedule {
  const { deletionTimestamp, deletionGracePeriodSeconds: current = 0 } = metadata;
  const asked = clamp(gracePeriodSeconds);
  const end = parseTime(deletionTimestamp);
  if (asked === undefined || asked >= current || end === undefined) return {};
  return { deletionTimestamp: formatTime(end - (current - asked) * 1000), deletionGracePeriodSeconds: asked };
}

/** Kubernetes takes a negative grace period for one second. */
function clamp(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : atLeast(seconds);
}

function atLeast(seconds: number): number {
  return seconds < 0 ? 1 : seconds;
}

/** An explicit policy decides; else finalizers that are there stay; else the kind's own default decides. */
function finalizersAfter(
  { metadata }: KubeObject,
  policy: DeletionOptions['propagationPolicy'],
  { propagationPolicy: explicit }: DeletionOptions,
): readonly string[] {
  const present = metadata.finalizers ?? [];
  const decided = present.includes(ORPHAN) || present.includes(FOREGROUND);
  if (explicit === undefined && decided) return present;
  const others = present.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  if (policy === 'Orphan') return [...others, ORPHAN];
  if (policy === 'Foreground') return [...others, FOREGROUND];
  return others;
}

function withDeletion(object: KubeObject, finalizers: readonly string[], schedule: Schedule): KubeObject {
  const { finalizers: _finalizers, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: { ...metadata, ...(finalizers.length === 0 ? {} : { finalizers }), ...schedule },
  };
}
