import { isObject, parseTime, withMetadata } from '../../src/apimachinery/index.ts';
import type { Cluster } from '../apis/index.ts';

/** On a Cluster that is drained: since when, and how it was before, so that it can be that again. */
const DRAIN_MARK = 'federation.koinon.dev/drain';
export const DRAIN_TAINT = 'federation.koinon.dev/drain';

export interface DrainMark {
  readonly since: string;
  readonly unschedulable: boolean;
  readonly withdrawn: boolean;
}

export function drainMarkOf({ metadata }: Cluster): DrainMark | undefined {
  const text = metadata.annotations?.[DRAIN_MARK];
  if (text === undefined) return undefined;
  const value = parsed(text);
  const { since, unschedulable, withdrawn } = isObject(value) ? value : {};
  // Somebody has written it over: that it is drained is still to be seen.
  const known = typeof since === 'string' && parseTime(since) !== undefined ? since : '1970-01-01T00:00:00Z';
  return { since: known, unschedulable: unschedulable === true, withdrawn: withdrawn === true };
}

export function withDrainMark(cluster: Cluster, mark: DrainMark): Cluster {
  return withMetadata(cluster, {
    annotations: { ...cluster.metadata.annotations, [DRAIN_MARK]: JSON.stringify(mark) },
  });
}

export function withoutDrainMark(cluster: Cluster): Cluster {
  const { [DRAIN_MARK]: mark, ...annotations } = cluster.metadata.annotations ?? {};
  return mark === undefined ? cluster : withMetadata(cluster, { annotations });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (err) {
    if (err instanceof SyntaxError) return undefined;
    throw err;
  }
}
