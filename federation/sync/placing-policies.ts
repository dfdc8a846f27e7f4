import { apiVersionOf, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import type { Informer, InformerSet } from '../../src/controller/index.ts';
import {
  clusterOverridePolicies,
  clusterPlacementPolicies,
  overridePolicies,
  placementPolicies,
  type OverridePolicy,
  type PlacementPolicy,
} from '../apis/index.ts';
import { applyingPolicies, closenessOf, governingPolicy, type SelectingPolicy } from '../scheduling/index.ts';

/** Whether a change of policies may concern an object. */
export type Concern = (resource: Resource, object: KubeObject) => boolean;

/** Which policies decide about an object, out of informers. */
export class PolicyIndex {
  readonly #placements: PolicyPair<PlacementPolicy>;
  readonly #overrides: PolicyPair<OverridePolicy>;

  constructor(informers: Pick<InformerSet, 'of'>) {
    this.#placements = new PolicyPair(informers.of(placementPolicies), informers.of(clusterPlacementPolicies));
    this.#overrides = new PolicyPair(informers.of(overridePolicies), informers.of(clusterOverridePolicies));
  }

  placementOf(resource: Resource, object: KubeObject): PlacementPolicy | undefined {
    return governingPolicy(this.#placements.near(resource, object), resource, object);
  }

  /** Some policy divides objects of this kind. */
  divides(resource: Resource): boolean {
    return this.#placements.ofKind(resource).some(({ spec }) => spec?.placement?.replicaScheduling !== undefined);
  }

  /** In the order in which they are applied. */
  overridesOf(resource: Resource, object: KubeObject): readonly OverridePolicy[] {
    return applyingPolicies(this.#overrides.near(resource, object), resource, object);
  }

  onChange(handler: (concerns: Concern) => void): () => void {
    const removals = [this.#placements.onChange(handler), this.#overrides.onChange(handler)];
    return () => {
      for (const remove of removals) remove();
    };
  }
}

/** Policies of namespaces and of the whole federation, of one purpose. */
class PolicyPair<T extends SelectingPolicy> {
  readonly #own: Informer<T>;
  readonly #wide: Informer<T>;
  /** By the kind that they select: most are of one kind, and are asked for by it. */
  #byKind: Map<string, Set<T>> | undefined;

  constructor(own: Informer<T>, wide: Informer<T>) {
    this.#own = own;
    this.#wide = wide;
    for (const informer of [own, wide]) {
      informer.onEvent(() => {
        this.#byKind = undefined;
      });
    }
  }

  near(resource: Resource, { metadata }: KubeObject): readonly T[] {
    return this.ofKind(resource).filter(
      (policy) => policy.metadata.namespace === undefined || policy.metadata.namespace === metadata.namespace,
    );
  }

  /** That select objects of this kind, in whichever namespace. */
  ofKind(resource: Resource): readonly T[] {
    this.#byKind ??= groupByKind([...this.#wide.lister.list(), ...this.#own.lister.list()]);
    const policies = this.#byKind.get(kindKey(apiVersionOf(resource), resource.kind));
    return policies === undefined ? [] : [...policies];
  }

  onChange(handler: (concerns: Concern) => void): () => void {
    const removals = [this.#own, this.#wide].map((informer) =>
      informer.onEvent(({ type, object, previous }) => {
        // Its status is written by us.
        const isSame = previous?.metadata.generation === object.metadata.generation;
        if (type === 'update' && isSame) return;
        const versions = previous === undefined ? [object] : [object, previous];
        handler((resource, candidate) =>
          versions.some((version) => closenessOf(version, resource, candidate) !== undefined),
        );
      }),
    );
    return () => {
      for (const remove of removals) remove();
    };
  }
}

function groupByKind<T extends SelectingPolicy>(policies: readonly T[]): Map<string, Set<T>> {
  const byKind = new Map<string, Set<T>>();
  for (const policy of policies) {
    for (const { apiVersion, kind } of policy.spec?.resourceSelectors ?? []) {
      const key = kindKey(apiVersion, kind);
      const known = byKind.get(key) ?? new Set();
      byKind.set(key, known.add(policy));
    }
  }
  return byKind;
}

const kindKey = (apiVersion: string, kind: string) => `${apiVersion}/${kind}`;
