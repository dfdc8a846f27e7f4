import type { Deployment, ReplicaSet } from '../../../src/apis/index.ts';
import type { RolloutLimits } from './replica-limits.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MAX = 'deployment.kubernetes.io/max-replicas';

type Annotations = Readonly<Record<string, string>>;

/** Annotations of a Deployment that its ReplicaSets do not carry, or carry with values of their own. */
const NOT_COPIED: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  REVISION,
  REVISION_HISTORY,
  DESIRED,
  MAX,
]);

/** An int64, which may be more than a number holds exactly. */
export function revisionOf({ metadata }: ReplicaSet | Deployment): bigint {
  return parsedRevision(metadata.annotations?.[REVISION]);
}

function parsedRevision(text = ''): bigint {
  return /^[+-]?\d+$/.test(text) ? BigInt.asIntN(64, BigInt(text.replace(/^\+/, ''))) : 0n;
}

/** What the Deployment wanted when this ReplicaSet was last scaled. */
export function desiredOf({ metadata }: ReplicaSet): number | undefined {
  return numberOf(metadata.annotations?.[DESIRED]);
}

/** The most pods the Deployment allowed when this ReplicaSet was last scaled. */
export function maxOf({ metadata }: ReplicaSet): number | undefined {
  return numberOf(metadata.annotations?.[MAX]);
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}

export function sizeAnnotations({ replicas, maxSurge }: RolloutLimits): Annotations {
  return { [DESIRED]: String(replicas), [MAX]: String(replicas === 0 ? 0 : replicas + maxSurge) };
}

/** Annotations of the ReplicaSet of the present template: the Deployment's, the sizes, and a revision above all others. */
export function currentAnnotations(
  deployment: Deployment,
  limits: RolloutLimits,
  present: Annotations,
  newestOldRevision: bigint,
): Annotations {
  const inherited = Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => !NOT_COPIED.has(name));
  return {
    ...present,
    ...Object.fromEntries(inherited),
    ...sizeAnnotations(limits),
    ...revisionAnnotations(present, newestOldRevision + 1n),
  };
}

/** A revision only grows. One that grows again (a rollback made an old template the present one) remembers what it was. */
function revisionAnnotations(present: Annotations, revision: bigint): Annotations {
  const before = parsedRevision(present[REVISION]);
  if (before >= revision) return {};
  if (before === 0n) return { [REVISION]: String(revision) };
  const history = (present[REVISION_HISTORY] ?? '').split(',').filter((entry) => entry !== '');
  return { [REVISION]: String(revision), [REVISION_HISTORY]: [...history, String(before)].join(',') };
}
