import { formatTime, labelKeyProblems, labelValueProblems } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { ClusterTaint } from '../apis/index.ts';
import { changeCluster } from './change-cluster.ts';

/** What was written is no taint, or may not be set. */
export class TaintError extends Error {
  override readonly name = 'TaintError';
}

type Effect = ClusterTaint['effect'];
const effects: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] satisfies Effect[];

export type TaintChange =
  | { readonly kind: 'set'; readonly taint: Pick<ClusterTaint, 'key' | 'value' | 'effect'> }
  /** Of every effect without one. */
  | { readonly kind: 'remove'; readonly key: string; readonly effect?: Effect };

/** As kubectl has them for nodes: `key=value:Effect`, `key:Effect`; with a `-` behind them, or `key-`, they are removed. */
export function parseTaintChanges(texts: readonly string[]): readonly TaintChange[] {
  const changes = texts.map(parseChange);
  const ids = changes.map((change) => {
    const { key, effect } = change.kind === 'set' ? change.taint : change;
    return `${key}:${effect ?? ''}`;
  });
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new TaintError(`${twice} is given twice`);
  return changes;
}

function parseChange(text: string): TaintChange {
  const isRemoval = text.endsWith('-');
  const { key, value, effect } = partsOf(text, isRemoval ? text.slice(0, -1) : text);
  if (isRemoval) return effect === undefined ? { kind: 'remove', key } : { kind: 'remove', key, effect };
  if (effect === undefined) throw new TaintError(`invalid taint ${JSON.stringify(text)}: it has no effect`);
  return { kind: 'set', taint: value === undefined ? { key, effect } : { key, value, effect } };
}

function partsOf(
  text: string,
  taint: string,
): { readonly key: string; readonly value: string | undefined; readonly effect: Effect | undefined } {
  const [what = '', effect, ...more] = taint.split(':');
  const [key = '', value, ...rest] = what.split('=');
  const [problem] = [
    ...(more.length + rest.length > 0 ? ['it is key=value:Effect'] : []),
    ...labelKeyProblems(key),
    ...labelValueProblems(value ?? ''),
  ];
  if (problem !== undefined) throw new TaintError(`invalid taint ${JSON.stringify(text)}: ${problem}`);
  if (effect === undefined || isEffect(effect)) return { key, value, effect };
  throw new TaintError(`invalid taint effect ${JSON.stringify(effect)}: it is one of ${effects.join(', ')}`);
}

function isEffect(text: string): text is Effect {
  return effects.includes(text);
}

export function changedTaints(
  taints: readonly ClusterTaint[],
  changes: readonly TaintChange[],
  { overwrite, now }: { readonly overwrite: boolean; readonly now: number },
): readonly ClusterTaint[] {
  return changes.reduce((before, change) => {
    if (change.kind === 'remove') {
      const { key, effect } = change;
      const after = before.filter((taint) => taint.key !== key || (effect !== undefined && taint.effect !== effect));
      if (after.length === before.length) throw new TaintError(`taint ${JSON.stringify(key)} not found`);
      return after;
    }
    return [...withoutSame(before, change.taint, overwrite), timed(change.taint, now)];
  }, taints);
}

function withoutSame(
  taints: readonly ClusterTaint[],
  { key, value, effect }: Pick<ClusterTaint, 'key' | 'value' | 'effect'>,
  overwrite: boolean,
): readonly ClusterTaint[] {
  const same = taints.find((taint) => taint.key === key && taint.effect === effect);
  if (same !== undefined && !overwrite && (same.value ?? '') !== (value ?? '')) {
    throw new TaintError(
      `it has taint ${key}:${effect} with the value ${same.value ?? '""'} already, and --overwrite is not given`,
    );
  }
  return taints.filter((taint) => taint !== same);
}

/** From when on it is tolerated for a while. */
function timed(taint: Pick<ClusterTaint, 'key' | 'value' | 'effect'>, now: number): ClusterTaint {
  return taint.effect === 'NoExecute' ? { ...taint, timeAdded: formatTime(now) } : taint;
}

/** Throws a `TaintError` for changes that do not fit what is there; nothing is written then. */
export async function changeTaints(
  federation: Client,
  name: string,
  changes: readonly TaintChange[],
  options: { readonly overwrite: boolean; readonly now: number; readonly signal: AbortSignal },
): Promise<void> {
  await changeCluster(
    federation,
    name,
    (cluster) => {
      const { taints = [], ...spec } = cluster.spec ?? {};
      const after = changedTaints(taints, changes, options);
      return { ...cluster, spec: { ...spec, ...(after.length === 0 ? {} : { taints: after }) } };
    },
    options.signal,
  );
}
