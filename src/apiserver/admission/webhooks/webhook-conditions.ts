import type { AdmissionRequest } from '../../admission.ts';
import type { Authorizer } from '../../security.ts';
import type { Equivalent } from '../matching/equivalents.ts';
import { bindingsOf } from '../policies/bindings-of-request.ts';
import { compileExpression, RETURNS } from '../policies/expressions.ts';
import {
  conditionsRun,
  evaluateConditions,
  type CompiledCondition,
  type ConditionsResult,
} from '../policies/match-conditions.ts';
import type { MatchCondition } from '../policies/shapes.ts';
import type { Webhook } from './shapes.ts';

export interface ConditionDeps {
  readonly authorizer: Authorizer;
  readonly matched: Equivalent;
  readonly signal: AbortSignal;
}

/** The match conditions of webhooks; those of each are compiled with its first request. */
export class WebhookConditions {
  readonly #compiled = new WeakMap<Webhook, readonly CompiledCondition[]>();

  /** Whether a webhook wants to be asked about a request. */
  async hold(
    webhook: Webhook,
    request: AdmissionRequest,
    { authorizer, matched, signal }: ConditionDeps,
  ): Promise<ConditionsResult> {
    const conditions = this.#compiled.get(webhook) ?? (webhook.matchConditions ?? []).map(compileCondition);
    this.#compiled.set(webhook, conditions);
    const { values, book } = await bindingsOf(request, matched, { authorizer, namespaceObject: undefined });
    return book.settled(() => evaluateConditions(conditions, conditionsRun(values)), signal);
  }
}

function compileCondition({ name, expression }: MatchCondition): CompiledCondition {
  return { name, expression: compileExpression(expression, { hasParams: false }, RETURNS.condition) };
}
