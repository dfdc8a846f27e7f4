import { deepEqual, type JsonObject } from '../../src/apimachinery/index.ts';
import type { PodStatus } from '../../src/apis/index.ts';

/**
 * The strategic merge patch from one status to another; nothing when they are the same. Conditions are merged by their
 * type, so that those of others stay whatever they have become meanwhile.
 */
export function statusPatch(from: PodStatus | undefined, to: PodStatus): JsonObject | undefined {
  const before: Readonly<Record<string, unknown>> = { ...from };
  const after: Readonly<Record<string, unknown>> = { ...to };
  const patch: Record<string, unknown> = {};
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (deepEqual(before[field], after[field])) continue;
    patch[field] = after[field] ?? null;
  }
  if (patch['conditions'] !== undefined) patch['conditions'] = changedConditions(from, to);
  // Merged by `ip`, an address that was would stay beside the one that is.
  if (to.podIPs !== undefined && patch['podIPs'] !== undefined) patch['podIPs'] = [...to.podIPs, { $patch: 'replace' }];
  // @NOTE a status is JSON, and so is every part of one.
  return Object.keys(patch).length === 0 ? undefined : (patch as JsonObject);
}

function changedConditions(from: PodStatus | undefined, to: PodStatus): readonly unknown[] {
  const old = from?.conditions ?? [];
  return (to.conditions ?? []).flatMap((condition) => {
    const before = old.find(({ type }) => type === condition.type);
    if (before !== undefined && deepEqual(before, condition)) return [];
    // A merge keeps what is only left out.
    const { reason = null, message = null } = condition;
    return [before === undefined ? condition : { ...condition, reason, message }];
  });
}
