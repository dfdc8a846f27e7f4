import { groupResource, isObject, keyOf, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import {
  deployments,
  horizontalPodAutoscalers,
  replicaSets,
  type HorizontalPodAutoscaler,
} from '../../src/apis/index.ts';
import type { Informer, InformerEvent, InformerSet } from '../../src/controller/index.ts';
import { annotations, type PlacementPolicy } from '../apis/index.ts';
import type { PolicyIndex } from './placing-policies.ts';

/** Kinds whose replicas are divided unless a policy says otherwise. */
const DIVIDED: readonly Resource[] = [deployments, replicaSets];
const OWN_WORDS = [annotations.deploymentPreferences, annotations.replicaSetPreferences];
const TARGET = 'target';

/**
 * Who scales what. What is divided among members is scaled by the federation, over all of them; of all else each member
 * has the whole and an autoscaler of its own, and then the number of replicas is the member's.
 */
export class Scaling {
  readonly #autoscalers: Informer<HorizontalPodAutoscaler>;
  readonly #targets: ReadonlyMap<string, Informer<KubeObject>>;
  readonly #policies: PolicyIndex;

  constructor(informers: Pick<InformerSet, 'of'>, policies: PolicyIndex) {
    this.#autoscalers = informers.of(horizontalPodAutoscalers, { indexes: { [TARGET]: indexOf } });
    this.#targets = new Map(DIVIDED.map((resource) => [kindOf(resource), informers.of(resource)]));
    this.#policies = policies;
  }

  /** What is not there yet is taken to be divided, if its kind is. */
  isScaledHere(autoscaler: KubeObject): boolean {
    const target = targetOf(autoscaler);
    const resource = DIVIDED.find((one) => kindOf(one) === target?.kind);
    if (target === undefined || resource === undefined) return false;
    const object = this.#targets.get(target.kind)?.lister.get(target.key);
    return object === undefined || this.#isDivided(resource, object);
  }

  /** What an autoscaler that the federation acts on scales. */
  targetOf(autoscaler: KubeObject): { readonly resource: Resource; readonly object: KubeObject } | undefined {
    const target = targetOf(autoscaler);
    const resource = DIVIDED.find((one) => kindOf(one) === target?.kind);
    const object = this.#targets.get(target?.kind ?? '')?.lister.get(target?.key ?? '');
    return resource === undefined || object === undefined ? undefined : { resource, object };
  }

  /** Each member says how many replicas it has. */
  isScaledInMembers(resource: Resource, object: KubeObject): boolean {
    const isTarget = this.#autoscalers.lister.byIndex(TARGET, idOf(kindOf(resource), keyOf(object))).length > 0;
    return isTarget && !this.#isDivided(resource, object);
  }

  /** `handler` gets the keys of objects of this kind that may be scaled by somebody else from now on. */
  onChange(resource: Resource, handler: (key: string) => void): () => void {
    const removals =
      groupResource(resource) === groupResource(horizontalPodAutoscalers)
        ? this.#onTargets(handler)
        : [
            this.#autoscalers.onEvent((event) => {
              for (const key of retargeted(event, kindOf(resource))) handler(key);
            }),
          ];
    return () => {
      for (const remove of removals) remove();
    };
  }

  /** Autoscalers of what may be divided otherwise. */
  #onTargets(handler: (key: string) => void): readonly (() => void)[] {
    const { lister } = this.#autoscalers;
    const onEvents = [...this.#targets].map(([kind, informer]) =>
      informer.onEvent(({ type, key, object, previous }) => {
        if (type === 'update' && previous !== undefined && !isChosenOtherwise(previous, object)) return;
        for (const autoscaler of lister.byIndex(TARGET, idOf(kind, key))) handler(keyOf(autoscaler));
      }),
    );
    const onPolicies = this.#policies.onChange((concerns) => {
      for (const autoscaler of lister.list()) {
        const target = this.targetOf(autoscaler);
        if (target !== undefined && concerns(target.resource, target.object)) handler(keyOf(autoscaler));
      }
    });
    return [...onEvents, onPolicies];
  }

  #isDivided(resource: Resource, object: KubeObject): boolean {
    if (!DIVIDED.some((one) => kindOf(one) === kindOf(resource))) return false;
    if (OWN_WORDS.some((name) => object.metadata.annotations?.[name] !== undefined)) return true;
    return !isDuplicated(this.#policies.placementOf(resource, object));
  }
}

function isDuplicated(policy: PlacementPolicy | undefined): boolean {
  return policy?.spec?.placement?.replicaScheduling?.replicaSchedulingType === 'Duplicated';
}

interface Target {
  /** As in `apps/Deployment`, whatever its version. */
  readonly kind: string;
  readonly key: string;
}

/** What an autoscaler scales, under the name by which it is kept. */
function targetOf(autoscaler: KubeObject): Target | undefined {
  const spec: unknown = 'spec' in autoscaler ? autoscaler.spec : undefined;
  const reference = isObject(spec) ? spec['scaleTargetRef'] : undefined;
  if (!isObject(reference)) return undefined;
  const { apiVersion = 'v1', kind, name } = reference;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string') return undefined;
  const [group = ''] = apiVersion.includes('/') ? apiVersion.split('/') : [''];
  // What once was in this group is in that one today.
  const today = group === 'extensions' ? 'apps' : group;
  return { kind: `${today}/${kind}`, key: keyOf({ metadata: { ...autoscaler.metadata, name } }) };
}

function indexOf(autoscaler: KubeObject): readonly string[] {
  const target = targetOf(autoscaler);
  return target === undefined ? [] : [idOf(target.kind, target.key)];
}

/** The targets of this kind that an autoscaler has come to, or has left. */
function retargeted({ type, object, previous }: InformerEvent<KubeObject>, kind: string): ReadonlySet<string> {
  const now = targetOf(object);
  const before = previous === undefined ? undefined : targetOf(previous);
  if (type === 'update' && now?.kind === before?.kind && now?.key === before?.key) return new Set();
  return new Set([now, before].flatMap((target) => (target?.kind === kind ? [target.key] : [])));
}

/** By other policies, or by words of its own. */
function isChosenOtherwise({ metadata: before }: KubeObject, { metadata: after }: KubeObject): boolean {
  const words = ({ labels, annotations: own }: KubeObject['metadata']) =>
    JSON.stringify([labels ?? {}, OWN_WORDS.map((name) => own?.[name])]);
  return words(before) !== words(after);
}

const kindOf = ({ group, kind }: Pick<Resource, 'group' | 'kind'>) => `${group}/${kind}`;
const idOf = (kind: string, key: string) => `${kind} ${key}`;
