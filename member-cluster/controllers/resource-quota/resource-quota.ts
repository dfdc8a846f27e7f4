import {
  deepEqual,
  formatQuantity,
  parseQuantity,
  type KubeObject,
  type Resource,
} from '../../../src/apimachinery/index.ts';
import { resourceQuotas, type ResourceQuota } from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import type { Lister, Reconciler } from '../../../src/controller/index.ts';
import { sumOf } from '../../pods/index.ts';
import { countedBy, isInScope, usageOf } from '../../quota/index.ts';

/** Long enough for a write that has taken its part of a quota to be stored and heard of. */
const SETTLE_MS = 1000;
/** Where something is written all the time, what was deleted is counted out after so long all the same. */
const MAX_SETTLING_MS = 5000;

export interface Counted {
  readonly resource: Resource;
  readonly lister: Lister<KubeObject>;
}

export interface ResourceQuotaDeps {
  readonly quotas: Lister<ResourceQuota>;
  /** What of the namespace counts towards any of these names. */
  readonly counted: (names: readonly string[]) => readonly Counted[];
  readonly client: Pick<Client, 'updateStatus'>;
  readonly clock: Pick<Clock, 'now'>;
}

interface Settling {
  /** When somebody else last changed the usage. */
  readonly changedAt: number;
  readonly since: number;
}

export interface QuotaCounting {
  readonly reconcile: Reconciler;
  /** The usage of the quota was changed: true when not by this controller. */
  usageChanged(key: string, used: Readonly<Record<string, string>> | undefined): boolean;
  forget(key: string): void;
}

/** Counts what is used of each quota, from what there is; admission adds what comes in between. */
export function quotaCounting({ quotas, counted, client, clock }: ResourceQuotaDeps): QuotaCounting {
  const settling = new Map<string, Settling>();
  const written = new Map<string, Readonly<Record<string, string>>>();
  return {
    usageChanged(key, used) {
      if (deepEqual(written.get(key), used)) return false;
      const now = clock.now();
      settling.set(key, { changedAt: now, since: settling.get(key)?.since ?? now });
      return true;
    },
    forget(key) {
      settling.delete(key);
      written.delete(key);
    },
    async reconcile(key, signal) {
      const quota = quotas.get(key);
      if (quota === undefined) return {};
      const hard = quota.spec?.hard ?? {};
      const isNew = !deepEqual(hard, quota.status?.hard ?? {});
      const wait = isNew ? 0 : settleTime(settling.get(key), clock.now());
      if (wait > 0) return { requeueAfterMs: wait };
      settling.delete(key);
      const used = usedOf(quota, counted(Object.keys(hard)));
      if (!isNew && deepEqual(used, quota.status?.used ?? {})) return {};
      written.set(key, used);
      await client.updateStatus(resourceQuotas, { ...quota, status: { hard, used } }, { signal });
      return {};
    },
  };
}

function settleTime(settling: Settling | undefined, now: number): number {
  if (settling === undefined) return 0;
  return Math.min(settling.changedAt + SETTLE_MS, settling.since + MAX_SETTLING_MS) - now;
}

function usedOf(quota: ResourceQuota, counted: readonly Counted[]): Readonly<Record<string, string>> {
  const usages = counted.flatMap(({ resource, lister }) =>
    lister
      .list(quota.metadata.namespace)
      .filter((object) => isInScope(quota, resource, object))
      .map((object) => usageOf(resource, object)),
  );
  const total = sumOf(usages);
  const names = Object.keys(quota.spec?.hard ?? {});
  return Object.fromEntries(names.map((name) => [name, formatQuantity(total.get(name) ?? parseQuantity('0'))]));
}

/** Of these resources, those whose objects count towards any of the names. */
export function countedResources(resources: readonly Resource[], names: readonly string[]): readonly Resource[] {
  return resources.filter(
    (resource) =>
      resource.namespaced && resource.plural !== 'events' && names.some((name) => countedBy(resource, name)),
  );
}
