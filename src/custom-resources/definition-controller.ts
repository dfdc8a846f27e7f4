import {
  deepEqual,
  findCondition,
  isConditionTrue,
  isConflict,
  isNotFound,
  setCondition,
  withoutFinalizer,
  type Condition,
} from '../apimachinery/index.ts';
import {
  CUSTOM_RESOURCE_CLEANUP,
  customResourceDefinitions as resource,
  type CustomResourceDefinition,
} from '../apis/index.ts';
import type { Client, DeleteOptions } from '../client/index.ts';
import type { Clock, Logger, Runnable } from '../component-base/index.ts';
import { controller, WorkQueue, type Informer, type ReconcileResult } from '../controller/index.ts';
import type { CustomResources } from './custom-resources.ts';
import { removeInstances } from './instance-removal.ts';
import { withEstablished, withNamesJudged } from './naming.ts';

export interface DefinitionControllerDeps {
  readonly client: Client;
  readonly definitions: Informer<CustomResourceDefinition>;
  readonly served: Pick<CustomResources, 'serves'>;
  /** What becomes of what depends on its objects; as usual for them when absent. */
  readonly propagation?: ((definition: CustomResourceDefinition) => DeleteOptions['propagationPolicy']) | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

const APPROVAL = 'api-approved.kubernetes.io';
const SERVED_MS = 5;
const FIRST_REVIEW_MS = 20;
const LONGEST_REVIEW_MS = 5_000;

/**
 * Grants names, says what is served, and removes the objects of what is deleted. One is enough for all API servers;
 * more do no harm.
 */
export function customResourceDefinitionController(deps: DefinitionControllerDeps): Runnable {
  const { definitions, clock, log } = deps;
  const name = 'custom-resource-definition-controller';
  const queue = new WorkQueue(clock, { name, maxDelayMs: LONGEST_REVIEW_MS });
  const states = new DefinitionStates(deps);
  const worker = controller({
    name,
    queue,
    workers: 1,
    clock,
    log,
    reconcile: (key, signal) => states.advance(key, signal),
  });
  return {
    name,
    async run(signal, ready) {
      const remove = definitions.onEvent(({ key, type, object }) => {
        queue.add(key);
        // Names that have become free may be granted to those who wait for them.
        if (type === 'delete') for (const other of rivalsOf(definitions, object)) queue.add(other.metadata.name ?? '');
      });
      await worker.run(signal, ready);
      remove();
    },
  };
}

class DefinitionStates {
  readonly #deps: DefinitionControllerDeps;
  /** How long to wait for what does not go at once, by name. */
  readonly #waits = new Map<string, number>();

  constructor(deps: DefinitionControllerDeps) {
    this.#deps = deps;
  }

  async advance(key: string, signal: AbortSignal): Promise<ReconcileResult> {
    const definition = this.#deps.definitions.lister.get(key);
    if (definition === undefined) {
      this.#waits.delete(key);
      return {};
    }
    if (definition.metadata.deletionTimestamp !== undefined) return this.#remove(definition, signal);
    return this.#judge(definition, signal);
  }

  async #judge(definition: CustomResourceDefinition, signal: AbortSignal): Promise<ReconcileResult> {
    const { clock, definitions, served } = this.#deps;
    const now = clock.now();
    const status = withApproval(definition, withNamesJudged(definition, rivalsOf(definitions, definition), now), now);
    if (await this.#write(definition, status, signal)) return {};
    const { conditions } = status;
    if (!isConditionTrue(conditions, 'NamesAccepted') || isConditionTrue(conditions, 'Established')) return {};
    // What serves it may still be loading.
    if (!served.serves(definition)) return { requeueAfterMs: SERVED_MS };
    await this.#write(definition, withEstablished(definition, now), signal);
    return {};
  }

  async #remove(definition: CustomResourceDefinition, signal: AbortSignal): Promise<ReconcileResult> {
    const { metadata, status } = definition;
    const { name: key = '', finalizers = [] } = metadata;
    if (!finalizers.includes(CUSTOM_RESOURCE_CLEANUP)) return {};
    const isServed = this.#deps.served.serves(definition) && isConditionTrue(status?.conditions, 'Established');
    const propagationPolicy = this.#deps.propagation?.(definition);
    const options = propagationPolicy === undefined ? {} : { propagationPolicy };
    const left = isServed ? await removeInstances(this.#deps.client, definition, options, signal) : 0;
    if (left > 0) {
      await this.#terminating(definition, { status: 'True', ...IN_PROGRESS }, signal);
      const requeueAfterMs = this.#waits.get(key) ?? FIRST_REVIEW_MS;
      this.#waits.set(key, Math.min(2 * requeueAfterMs, LONGEST_REVIEW_MS));
      return { requeueAfterMs };
    }
    await this.#release(definition, signal);
    return {};
  }

  async #terminating(
    definition: CustomResourceDefinition,
    state: Pick<Condition, 'status' | 'reason' | 'message'>,
    signal: AbortSignal,
  ): Promise<void> {
    const before = definition.status?.conditions;
    const conditions = setCondition(before, { type: 'Terminating', ...state }, this.#deps.clock.now());
    await this.#write(definition, { ...definition.status, conditions }, signal);
  }

  async #release(definition: CustomResourceDefinition, signal: AbortSignal): Promise<void> {
    try {
      await this.#deps.client.update(resource, withoutFinalizer(definition, CUSTOM_RESOURCE_CLEANUP), { signal });
    } catch (err) {
      if (!isConflict(err) && !isNotFound(err)) throw err;
    }
  }

  /** Whether there was anything to write; the event of the change brings the definition back. */
  async #write(
    definition: CustomResourceDefinition,
    status: NonNullable<CustomResourceDefinition['status']>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const before = definition.status;
    if (status.conditions === before?.conditions && deepEqual(status.acceptedNames, before?.acceptedNames))
      return false;
    try {
      await this.#deps.client.updateStatus(resource, { ...definition, status }, { signal });
    } catch (err) {
      if (!isConflict(err) && !isNotFound(err)) throw err;
    }
    return true;
  }
}

const IN_PROGRESS = { reason: 'InstanceDeletionInProgress', message: 'CustomResource deletion is in progress' };

function rivalsOf(
  definitions: Informer<CustomResourceDefinition>,
  { spec, metadata }: CustomResourceDefinition,
): readonly CustomResourceDefinition[] {
  return definitions.lister
    .list()
    .filter((other) => other.spec.group === spec.group && other.metadata.name !== metadata.name);
}

/** Groups of Kubernetes itself are protected: whoever defines something there says who approved of it. */
function withApproval(
  { spec, metadata }: CustomResourceDefinition,
  status: NonNullable<CustomResourceDefinition['status']>,
  now: number,
): NonNullable<CustomResourceDefinition['status']> {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(spec.group)) return status;
  const approval = metadata.annotations?.[APPROVAL] ?? '';
  const condition = approvalCondition(approval);
  if (findCondition(status.conditions, condition.type)?.message === condition.message) return status;
  return { ...status, conditions: setCondition(status.conditions, condition, now) };
}

function approvalCondition(approval: string) {
  const type = 'KubernetesAPIApprovalPolicyConformant';
  if (approval.startsWith('unapproved')) {
    const message = `not approved: ${JSON.stringify(approval)}`;
    return { type, status: 'False' as const, reason: 'UnapprovedAnnotation', message };
  }
  return { type, status: 'True' as const, reason: 'ApprovedAnnotation', message: `approved in ${approval}` };
}
