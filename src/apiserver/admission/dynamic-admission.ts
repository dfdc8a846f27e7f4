import type { KubeObject, Resource, TypeTable } from '../../apimachinery/index.ts';
import type { Client } from '../../client/index.ts';
import type { Logger } from '../../component-base/index.ts';
import type { AdmissionPlugin } from '../admission.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import type { Authorizer } from '../security.ts';
import { changedObjectReader } from './matching/changed-object.ts';
import { isExempt } from './matching/exempt.ts';
import { checkReady } from './matching/ready.ts';
import { Reinvocation, withObject } from './matching/reinvocation.ts';
import type { Source, Sources } from './matching/source.ts';
import { isChosen, type PluginChoice } from './plugin-choice.ts';
import { applyConfigurations } from './policies/apply-configuration.ts';
import { expressionCheck } from './policies/expression-check.ts';
import { mutatingPolicies, type MutatingPolicies } from './policies/mutating-policies.ts';
import type { MutatingPolicy, PolicyBinding, ValidatingPolicy } from './policies/shapes.ts';
import { validatingAdmissionPolicy } from './policies/validating-admission-policy.ts';
import { mutatingWebhooks, type MutatingWebhooks } from './webhooks/mutating-webhooks.ts';
import type { WebhookConfiguration } from './webhooks/shapes.ts';
import { validatingAdmissionWebhook } from './webhooks/validating-webhooks.ts';
import { createWebhookTransport, type ResolveService } from './webhooks/webhook-transport.ts';

export interface DynamicAdmissionDeps {
  /** Those of the server; the ones that are needed are asked for at once. */
  readonly informers: Sources;
  /** A client of the very server that this is part of. */
  readonly own: Client;
  readonly authorizer: Authorizer;
  /** Everything that the server serves. */
  readonly served: () => readonly ResourceDefinition[];
  readonly types: TypeTable;
  /** Absent where Services cannot be reached: webhooks need a URL then. */
  readonly resolveService?: ResolveService;
  readonly log: Logger;
  /** All four when absent. */
  readonly plugins?: PluginChoice;
}

export interface DynamicAdmission {
  /** MutatingAdmissionPolicy and MutatingAdmissionWebhook: behind all other plugins that change objects. */
  readonly mutating: AdmissionPlugin;
  /** ValidatingAdmissionPolicy and ValidatingAdmissionWebhook: behind those, before quotas. */
  readonly validating: readonly AdmissionPlugin[];
}

const NAMESPACES: Resource = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };

/** What users add to admission by objects of `admissionregistration.k8s.io`. Its informers are asked for at once. */
export function dynamicAdmission(deps: DynamicAdmissionDeps): DynamicAdmission {
  const { informers, own, authorizer, served, resolveService, log, plugins = {} } = deps;
  const common = { namespaces: informers.of(NAMESPACES).lister, own, authorizer, served };
  const transport = createWebhookTransport(resolveService === undefined ? {} : { resolveService });
  const sourceOf = <T extends KubeObject>(kind: string, plural: string): Source<T> =>
    informers.of<T>({ group: 'admissionregistration.k8s.io', version: 'v1', kind, plural, namespaced: false });

  const policies = sourceOf<MutatingPolicy>('MutatingAdmissionPolicy', 'mutatingadmissionpolicies');
  const bindings = sourceOf<PolicyBinding>('MutatingAdmissionPolicyBinding', 'mutatingadmissionpolicybindings');
  const hooks = sourceOf<WebhookConfiguration>('MutatingWebhookConfiguration', 'mutatingwebhookconfigurations');
  const merge = applyConfigurations(deps);
  const readChanged = changedObjectReader(deps);

  const webhooks = mutatingWebhooks({ ...common, configurations: hooks, transport, log, readChanged });
  return {
    mutating: mutating({
      ...(isChosen('MutatingAdmissionPolicy', plugins)
        ? { policies: mutatingPolicies({ ...common, policies, bindings, merge, readChanged }) }
        : {}),
      ...(isChosen('MutatingAdmissionWebhook', plugins) ? { webhooks } : {}),
      sources: [policies, bindings, hooks],
    }),
    validating: [
      expressionCheck,
      validatingAdmissionPolicy({
        ...common,
        policies: sourceOf<ValidatingPolicy>('ValidatingAdmissionPolicy', 'validatingadmissionpolicies'),
        bindings: sourceOf<PolicyBinding>('ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings'),
      }),
      validatingAdmissionWebhook({
        ...common,
        configurations: sourceOf<WebhookConfiguration>(
          'ValidatingWebhookConfiguration',
          'validatingwebhookconfigurations',
        ),
        transport,
        log,
      }),
    ].filter(({ name }) => isChosen(name, plugins)),
  };
}

interface MutatingParts {
  readonly policies?: MutatingPolicies;
  readonly webhooks?: MutatingWebhooks;
  readonly sources: readonly Source<KubeObject>[];
}

/** One plugin, so that each part can be asked again when a later one changed the object. */
function mutating({ policies, webhooks, sources }: MutatingParts): AdmissionPlugin {
  const parts = [policies, webhooks].filter((part) => part !== undefined);
  return {
    name: 'MutatingAdmission',
    connections: true,
    handles: (request) =>
      parts.length > 0 &&
      !isExempt(request) &&
      (parts.some((part) => !part.isEmpty()) || sources.some(({ synced }) => !synced)),
    async mutate(request, signal) {
      checkReady(request, sources);
      const { object } = request;
      if (object === undefined) throw new TypeError('a deletion is not mutated');
      const again = new Reinvocation();
      let current = object;
      for (const round of ['first', 'again']) {
        if (round === 'again') again.begin();
        for (const part of parts) {
          if (part.isEmpty()) continue;
          current = (await part.mutate(withObject(request, current), again, signal)) ?? current;
        }
      }
      return current;
    },
    async validate(request, signal) {
      // There is nothing to change about a deletion, and mutating webhooks are asked all the same: they may refuse.
      if (request.operation !== 'DELETE') return;
      checkReady(request, sources);
      await webhooks?.mutate(request, new Reinvocation(), signal);
    },
  };
}
