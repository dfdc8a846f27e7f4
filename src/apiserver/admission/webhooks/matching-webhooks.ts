import { forbidden, type KubeObject } from '../../../apimachinery/index.ts';
import type { Client } from '../../../client/index.ts';
import type { Logger } from '../../../component-base/index.ts';
import type { AdmissionRequest } from '../../admission.ts';
import type { ResourceDefinition } from '../../resource-definition.ts';
import type { Authorizer } from '../../security.ts';
import { byName, derived } from '../matching/derived.ts';
import { matchingResource, type Equivalent } from '../matching/equivalents.ts';
import { matchesNamespace, matchesObject, namespaceReader } from '../matching/selectors.ts';
import type { Webhook, WebhookConfiguration } from './shapes.ts';
import type { WebhookTransport } from './webhook-transport.ts';
import type { Source } from '../matching/source.ts';

export interface WebhookDeps {
  readonly configurations: Source<WebhookConfiguration>;
  readonly namespaces: Pick<Source<KubeObject>['lister'], 'get'>;
  readonly own: Client;
  readonly authorizer: Authorizer;
  readonly served: () => readonly ResourceDefinition[];
  readonly transport: WebhookTransport;
  /** Told of calls that failed and were let pass. */
  readonly log: Logger;
}

/** A webhook and where it is. */
export interface PlacedWebhook {
  /** Of a webhook in its configuration. */
  readonly key: string;
  readonly webhook: Webhook;
  /** The name of its configuration. */
  readonly configuration: string;
  /** Its number in the order in which all are asked. */
  readonly index: number;
}

export interface MatchedWebhook extends PlacedWebhook {
  readonly matched: Equivalent;
}

export interface Webhooks {
  /** Cheap: asked with every write. */
  isEmpty(): boolean;
  all(): readonly PlacedWebhook[];
  /** Throws a `StatusError` when the conditions of a webhook that must not fail do. */
  match(each: PlacedWebhook, request: AdmissionRequest, signal: AbortSignal): Promise<MatchedWebhook | undefined>;
}

export function createWebhooks(deps: WebhookDeps): Webhooks {
  const { served } = deps;
  const conditionsHold = conditionsOf(deps);
  const all = derived(deps.configurations, (objects) =>
    objects
      .toSorted(byName)
      .flatMap(({ metadata: { name: configuration = '' }, webhooks = [] }) =>
        webhooks.map((webhook) => ({ key: `${configuration}/${webhook.name}`, webhook, configuration })),
      )
      .map((each, index): PlacedWebhook => ({ ...each, index })),
  );
  const read = namespaceReader(deps);
  return {
    isEmpty: () => all().length === 0,
    all,
    async match(each, request, signal) {
      const { webhook } = each;
      const { rules = [], matchPolicy } = webhook;
      if (!matchesObject(webhook.objectSelector, request)) return undefined;
      const matched = matchingResource({ rules, matchPolicy }, request, served);
      if (matched === undefined) return undefined;
      if (!(await matchesNamespace(webhook.namespaceSelector, request, { read, signal }))) return undefined;
      const found = { ...each, matched };
      return (await conditionsHold(found, request, signal)) ? found : undefined;
    },
  };
}

type ConditionsHold = (found: MatchedWebhook, request: AdmissionRequest, signal: AbortSignal) => Promise<boolean>;

/** The expression language is loaded with the first webhook that has conditions. */
function conditionsOf({ authorizer, log }: WebhookDeps): ConditionsHold {
  const load = async () => {
    const { WebhookConditions } = await import('./webhook-conditions.ts');
    return new WebhookConditions();
  };
  let loading: ReturnType<typeof load> | undefined;
  return async ({ webhook, matched }, request, signal) => {
    const { name, matchConditions = [], failurePolicy } = webhook;
    if (matchConditions.length === 0) return true;
    const conditions = await (loading ??= load());
    const result = await conditions.hold(webhook, request, { authorizer, matched, signal });
    if (result.failed === undefined) return result.matches;
    if (failurePolicy !== 'Ignore') throw forbidden(request.resource, request.name, result.failed);
    log.warn({ webhook: name, reason: result.failed }, 'match conditions failed, webhook is not called');
    return false;
  };
}
