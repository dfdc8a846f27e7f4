import {
  applyJsonPatch,
  isObject,
  type FieldError,
  type KubeObject,
  type Resource,
} from '../../src/apimachinery/index.ts';
import type { Cluster, OverridePolicy } from '../apis/index.ts';
import { applyOverriders, overridesFor, replicasBy, type Override } from '../scheduling/index.ts';
import type { ObjectChange } from './share.ts';

/** What overrides make of an object in one cluster. */
export type Overridden =
  | { readonly ok: true; readonly change?: ObjectChange; readonly replicas?: number }
  /** It would be no object that a member takes: what is there stays. */
  | { readonly ok: false; readonly problem: string };

interface Rules<T> {
  defaults?(object: T): T;
  validate?(object: T): readonly FieldError[];
}

const UNCHANGED: Overridden = { ok: true };

/** Clusters for which the same is asked share one outcome. */
export class Overrides<T extends KubeObject> {
  readonly #resource: Resource<T>;
  readonly #object: T;
  readonly #policies: readonly OverridePolicy[];
  /** Replicas are divided by whoever asks. */
  readonly #isDivided: boolean;
  readonly #outcomes = new Map<string, Overridden>();

  constructor(
    { resource, plan }: { readonly resource: Resource<T>; readonly plan?: unknown },
    object: T,
    policies: readonly OverridePolicy[],
  ) {
    this.#resource = resource;
    this.#isDivided = plan !== undefined;
    this.#object = object;
    this.#policies = policies;
  }

  of(cluster: Cluster): Overridden {
    const overrides = overridesFor(this.#policies, cluster);
    if (overrides.length === 0) return UNCHANGED;
    const asked = overrides.map(({ overriders }) => overriders);
    const mark = JSON.stringify([this.#object.metadata.resourceVersion, asked]);
    const known = this.#outcomes.get(mark) ?? this.#apply(overrides, mark);
    this.#outcomes.set(mark, known);
    return known;
  }

  #apply(overrides: readonly Override[], mark: string): Overridden {
    let result: unknown = this.#object;
    let source = '';
    try {
      for (const override of overrides) {
        ({ source } = override);
        result = applyOverriders(result, override.overriders, this.#resource.kind);
        if (!this.#isDivided) result = withReplicas(result, override.overriders.replicas, this.#resource.kind);
      }
    } catch (err) {
      return { ok: false, problem: `${source}: ${err instanceof Error ? err.message : String(err)}` };
    }
    const problem = this.#problemOf(result);
    if (problem !== undefined) return { ok: false, problem: `${source}: ${problem}` };
    // @NOTE an object of the same kind and name which the rules of its kind let pass.
    const object = result as T;
    const replicas = replicasBy(overrides);
    return { ok: true, change: changeTo(object, mark), ...(replicas === undefined ? {} : { replicas }) };
  }

  #problemOf(result: unknown): string | undefined {
    if (!isSameObject(this.#object, result)) return 'it would be another object';
    const rules = rulesOf(this.#resource);
    try {
      // @NOTE of the kind that it says; the rules are there to find out whether the rest fits.
      const object = result as T;
      const [error] = rules?.validate?.(rules.defaults?.(object) ?? object) ?? [];
      return error === undefined ? undefined : `${error.field}: ${error.message}`;
    } catch (err) {
      // Rules may count on the types of fields, which a patch may have changed.
      if (err instanceof TypeError) return 'a field has another type than it shall have';
      throw err;
    }
  }
}

/** Of a kind whose copies each have as many as it says. */
function withReplicas(object: unknown, replicas: number | undefined, kind: string): unknown {
  if (replicas === undefined) return object;
  if (kind !== 'StatefulSet' && kind !== 'ReplicationController') throw new Error(`a ${kind} has no replicas`);
  return applyJsonPatch(object, [{ op: 'add', path: '/spec/replicas', value: replicas }]);
}

function isSameObject({ apiVersion, kind, metadata }: KubeObject, result: unknown): boolean {
  if (!isObject(result) || !isObject(result['metadata'])) return false;
  const { name, namespace } = result['metadata'];
  const isOfKind = result['apiVersion'] === apiVersion && result['kind'] === kind;
  return isOfKind && name === metadata.name && namespace === metadata.namespace;
}

/** Kinds that the control plane serves come with their rules. */
function rulesOf<T extends KubeObject>(resource: Resource<T>): Rules<T> | undefined {
  // @NOTE a resource with a strategy is a definition, whose strategy has these functions or lacks them.
  return 'strategy' in resource ? (resource.strategy as Rules<T>) : undefined;
}

function changeTo(changed: KubeObject, mark: string): ObjectChange {
  // @NOTE only asked for the object that it was made of, and of that kind.
  return { mark, apply: <O extends KubeObject>(_original: O) => changed as O };
}
