import type { KubeObject } from '../../../apimachinery/index.ts';
import type { CelOutcome } from '../../../cel/index.ts';
import { compileBase, type CompiledBase } from './compiled-policy.ts';
import { compileExpression, RETURNS, type Expression } from './expressions.ts';
import { evaluateConditions } from './match-conditions.ts';
import { PolicyRun } from './policy-run.ts';
import type { RequestBindings } from './bindings-of-request.ts';
import type { Validation, ValidatingPolicy } from './shapes.ts';

const MAX_MESSAGE_BYTES = 5 * 1024;

/** What a policy has against a request. */
export interface Objection {
  readonly message: string;
  /** Of the validation that failed. */
  readonly index: number;
  readonly reason?: string;
}

export interface Verdict {
  readonly objections: readonly Objection[];
  /** Annotations that could not be made: these refuse, whatever a binding wants to be done about objections. */
  readonly failedAnnotations: readonly Objection[];
  readonly annotations: readonly { readonly key: string; readonly value: string }[];
}

interface CompiledValidation {
  readonly validation: Validation;
  readonly expression: Expression;
  readonly message: Expression | undefined;
}

interface CompiledPolicy extends CompiledBase {
  /** Failures of evaluation are objections. */
  readonly isStrict: boolean;
  readonly validations: readonly CompiledValidation[];
  readonly annotations: readonly { readonly key: string; readonly expression: Expression }[];
}

const NOTHING: Verdict = { objections: [], failedAnnotations: [], annotations: [] };

/** Evaluates validating policies; each is compiled with its first request. */
export class Validator {
  readonly #compiled = new WeakMap<ValidatingPolicy, CompiledPolicy>();

  async validate(
    policy: ValidatingPolicy,
    { values, book }: RequestBindings,
    { params, signal }: { readonly params: KubeObject | null; readonly signal: AbortSignal },
  ): Promise<Verdict> {
    const compiled = this.#compile(policy);
    return book.settled(() => evaluate(compiled, new PolicyRun({ ...values, params }, compiled.variables)), signal);
  }

  #compile(policy: ValidatingPolicy): CompiledPolicy {
    const known = this.#compiled.get(policy);
    if (known !== undefined) return known;
    const compiled = compile(policy);
    this.#compiled.set(policy, compiled);
    return compiled;
  }
}

function compile({ spec = {} }: ValidatingPolicy): CompiledPolicy {
  const base = compileBase(spec);
  const { environment } = base;
  return {
    ...base,
    isStrict: spec.failurePolicy !== 'Ignore',
    validations: (spec.validations ?? []).map((validation) => ({
      validation,
      expression: compileExpression(validation.expression, environment, RETURNS.condition),
      message:
        (validation.messageExpression ?? '') === ''
          ? undefined
          : compileExpression(validation.messageExpression ?? '', environment, RETURNS.message),
    })),
    annotations: (spec.auditAnnotations ?? []).map(({ key, valueExpression }) => ({
      key,
      expression: compileExpression(valueExpression, environment, RETURNS.annotation),
    })),
  };
}

function evaluate(policy: CompiledPolicy, run: PolicyRun): Verdict {
  const failure = (message: string, index = 0): readonly Objection[] => (policy.isStrict ? [{ message, index }] : []);
  const conditions = evaluateConditions(policy.conditions, run);
  if (conditions.failed !== undefined) return { ...NOTHING, objections: failure(conditions.failed) };
  if (!conditions.matches) return NOTHING;

  const objections = policy.validations.flatMap(({ validation, expression, message }, index) => {
    const outcome = run.evaluate(expression);
    if (!outcome.ok) return failure(describeFailure(validation.expression, outcome.error), index);
    if (outcome.value === true) return [];
    const { reason } = validation;
    return [{ message: messageOf(validation, message, run), index, ...(reason === undefined ? {} : { reason }) }];
  });
  const annotated = policy.annotations.map(({ key, expression }) => ({ key, outcome: run.evaluate(expression) }));
  return {
    objections,
    failedAnnotations: annotated.flatMap(({ outcome }) => (outcome.ok ? [] : failure(outcome.error))),
    annotations: annotated.flatMap(({ key, outcome }) => annotationOf(key, outcome)),
  };
}

function annotationOf(key: string, outcome: CelOutcome): readonly { readonly key: string; readonly value: string }[] {
  if (!outcome.ok || typeof outcome.value !== 'string' || outcome.value.trim() === '') return [];
  return [{ key, value: outcome.value.trim() }];
}

/** A message that cannot be made, is empty, too long or has line breaks gives way to the constant one. */
function messageOf(validation: Validation, expression: Expression | undefined, run: PolicyRun): string {
  const constant = validation.message?.trim() ?? '';
  const otherwise = constant === '' ? `failed expression: ${validation.expression.trim()}` : constant;
  if (expression === undefined) return otherwise;
  const outcome = run.evaluate(expression);
  const made = outcome.ok && typeof outcome.value === 'string' ? outcome.value.trim() : '';
  const isUsable = made !== '' && !made.includes('\n') && Buffer.byteLength(made) <= MAX_MESSAGE_BYTES;
  return isUsable ? made : otherwise;
}

function describeFailure(expression: string, error: string): string {
  return `expression '${expression.trim()}' resulted in error: ${error}`;
}
