import { groupResource, isObject, keyOf, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import {
  deployments,
  horizontalPodAutoscalers,
  replicaSets,
  statefulSets,
  type HorizontalPodAutoscaler,
} from '../../src/apis/index.ts';
import type { ResourceDefinition } from '../../src/apiserver/index.ts';
import type { Informer, InformerEvent, InformerSet } from '../../src/controller/index.ts';
import { annotations, type ReplicaScheduling } from '../apis/index.ts';
import type { FieldPath } from './field-path.ts';
import { isInSystemNamespace } from './kinds/propagation.ts';
import type { PolicyIndex } from './placing-policies.ts';
import { recordOf } from './placing-record.ts';
import { OWN_WORDS, schedulingOf } from './replica-scheduling.ts';

interface DividedKind {
  readonly resource: Resource;
  /** Whether its replicas are shared out, or every cluster has them all. */
  readonly divides: (scheduling: ReplicaScheduling | undefined) => boolean;
}

const unlessDuplicated = (scheduling: ReplicaScheduling | undefined) =>
  scheduling?.replicaSchedulingType !== 'Duplicated';

const DIVIDED: readonly DividedKind[] = [
  { resource: deployments, divides: unlessDuplicated },
  { resource: replicaSets, divides: unlessDuplicated },
  { resource: statefulSets, divides: (scheduling) => scheduling?.replicaSchedulingType === 'Divided' },
];
const TARGET = 'target';
const IN_SPEC: FieldPath = ['spec', 'replicas'];

/** The number of replicas, where members set it. */
export interface LeftField {
  readonly path: FieldPath;
  isLeftTo(cluster: string): boolean;
}

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
    this.#targets = new Map(DIVIDED.map(({ resource }) => [kindOf(resource), informers.of(resource)]));
    this.#policies = policies;
  }

  /** What is not there yet is taken to be divided, if its kind usually is. */
  isScaledHere(autoscaler: KubeObject): boolean {
    const target = targetOf(autoscaler);
    const kind = DIVIDED.find(({ resource }) => kindOf(resource) === target?.kind);
    if (target === undefined || kind === undefined || isInSystemNamespace(autoscaler)) return false;
    const object = this.#targets.get(target.kind)?.lister.get(target.key);
    return object === undefined ? kind.divides(undefined) : this.#isDivided(kind.resource, object);
  }

  /** What an autoscaler that the federation acts on scales. */
  targetOf(autoscaler: KubeObject): { readonly resource: Resource; readonly object: KubeObject } | undefined {
    const target = targetOf(autoscaler);
    const kind = DIVIDED.find(({ resource }) => kindOf(resource) === target?.kind);
    const object = this.#targets.get(target?.kind ?? '')?.lister.get(target?.key ?? '');
    return kind === undefined || object === undefined ? undefined : { resource: kind.resource, object };
  }

  /** What of an object is for members to say, because an autoscaler in each of them does. */
  fieldLeft(resource: Resource, object: KubeObject): LeftField | undefined {
    const autoscalers = this.#autoscalers.lister.byIndex(TARGET, idOf(kindOf(resource), keyOf(object)));
    if (autoscalers.length === 0 || this.#isDivided(resource, object)) return undefined;
    const path = replicasPathOf(resource);
    if (path === undefined) return undefined;
    const records = autoscalers.map((autoscaler) => recordOf(autoscaler)?.clusters);
    return {
      path,
      isLeftTo: (cluster) => records.some((clusters) => clusters === undefined || Object.hasOwn(clusters, cluster)),
    };
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
        const concerned = lister.byIndex(TARGET, idOf(kind, key));
        if (concerned.length === 0) return;
        if (type === 'update' && previous !== undefined && !isChosenOtherwise(previous, object)) return;
        for (const autoscaler of concerned) handler(keyOf(autoscaler));
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
    const kind = DIVIDED.find((one) => kindOf(one.resource) === kindOf(resource));
    return kind?.divides(schedulingOf(object, this.#policies.placementOf(resource, object))) === true;
  }
}

/** Where its scale has it; nothing where it has no scale. */
function replicasPathOf(resource: Resource): FieldPath | undefined {
  // @NOTE what is served is named by its definition, which is more than its name.
  const { subresources = [] } = resource as Partial<ResourceDefinition>;
  const scale = subresources.find(({ type }) => type === 'scale');
  return scale?.type === 'scale' ? (scale.replicasPath ?? IN_SPEC) : undefined;
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

/** The targets of this kind that an autoscaler has come to, has left, or scales in other clusters than before. */
function retargeted({ type, object, previous }: InformerEvent<KubeObject>, kind: string): ReadonlySet<string> {
  const targets = [object, ...(previous === undefined ? [] : [previous])].map(targetOf);
  const [now, before] = targets;
  const isSame = now?.kind === before?.kind && now?.key === before?.key && placeOf(object) === placeOf(previous);
  if (type === 'update' && isSame) return new Set();
  return new Set(targets.flatMap((target) => (target?.kind === kind ? [target.key] : [])));
}

const placeOf = (object: KubeObject | undefined) => object?.metadata.annotations?.[annotations.placement];

/** By other policies, or by words of its own. */
function isChosenOtherwise({ metadata: before }: KubeObject, { metadata: after }: KubeObject): boolean {
  const words = ({ labels, annotations: own }: KubeObject['metadata']) =>
    JSON.stringify([labels ?? {}, OWN_WORDS.map((name) => own?.[name])]);
  return words(before) !== words(after);
}

const kindOf = ({ group, kind }: Pick<Resource, 'group' | 'kind'>) => `${group}/${kind}`;
const idOf = (kind: string, key: string) => `${kind} ${key}`;
