import { applyJsonPatch, type KubeObject } from '../../../apimachinery/index.ts';
import { DYN, listOf, STRING, toJson, type CelField, type CelObjectType, type CelType } from '../../../cel/index.ts';
import type { ReadChanged } from '../matching/changed-object.ts';
import type { Equivalent } from '../matching/equivalents.ts';
import type { RequestBindings } from './bindings-of-request.ts';
import { compileBase, type CompiledBase } from './compiled-policy.ts';
import { compileExpression, type Expression } from './expressions.ts';
import { evaluateConditions } from './match-conditions.ts';
import { PolicyRun } from './policy-run.ts';
import type { MutatingPolicy, Mutation } from './shapes.ts';

/** Lays what an `ApplyConfiguration` says over an object of the kind that it is for. Throws an `Error`. */
export type MergeConfiguration = (object: KubeObject, configuration: unknown, matched: Equivalent) => unknown;

interface CompiledMutation {
  readonly mutation: Mutation;
  readonly expression: Expression;
}

interface CompiledPolicy extends CompiledBase {
  readonly mutations: readonly CompiledMutation[];
}

export interface MutationContext {
  readonly params: KubeObject | null;
  /** As what the object is shown. */
  readonly matched: Equivalent;
  readonly merge: MergeConfiguration;
  readonly readChanged: ReadChanged;
  readonly signal: AbortSignal;
}

/** Evaluates mutating policies; each is compiled with its first request. */
export class Mutator {
  readonly #compiled = new WeakMap<MutatingPolicy, CompiledPolicy>();

  /** The object as the policy wants it; the same instance when it is not about it. Throws an `Error` for any failure. */
  async mutate(
    policy: MutatingPolicy,
    { values, book }: RequestBindings,
    { params, matched, merge, readChanged, signal }: MutationContext,
  ): Promise<KubeObject | undefined> {
    const compiled = this.#compile(policy);
    const run = (object: unknown) => new PolicyRun({ ...values, object, params }, compiled.variables);
    // @NOTE the value of `object` is the object of the request, in the version that the policy asked for.
    let object = values['object'] as KubeObject | null;
    const conditions = await book.settled(() => evaluateConditions(compiled.conditions, run(object)), signal);
    if (conditions.failed !== undefined) throw new Error(conditions.failed);
    if (!conditions.matches) return object ?? undefined;
    for (const { mutation, expression } of compiled.mutations) {
      const outcome = await book.settled(() => run(object).evaluate(expression), signal);
      if (!outcome.ok) throw new Error(outcome.error);
      if (object === null) throw new Error('there is no object to change');
      const made = toJson(outcome.value);
      const changed = mutation.patchType === 'JSONPatch' ? applyJsonPatch(object, made) : merge(object, made, matched);
      object = readChanged(changed, matched);
    }
    return object ?? undefined;
  }

  #compile(policy: MutatingPolicy): CompiledPolicy {
    const known = this.#compiled.get(policy);
    if (known !== undefined) return known;
    const { spec = {} } = policy;
    const base = compileBase(spec, { resolveType: resolveMutationType });
    const mutations = (spec.mutations ?? []).map((mutation) => ({
      mutation,
      expression: compileExpression(textOf(mutation), base.environment, [resultOf(mutation)]),
    }));
    const compiled = { ...base, mutations };
    this.#compiled.set(policy, compiled);
    return compiled;
  }
}

export function textOf({ patchType, applyConfiguration, jsonPatch }: Mutation): string {
  return (patchType === 'JSONPatch' ? jsonPatch?.expression : applyConfiguration?.expression) ?? '';
}

export function resultOf({ patchType }: Mutation): CelType {
  return patchType === 'JSONPatch' ? listOf(JSON_PATCH_TYPE) : OBJECT_TYPE;
}

const PATCH_FIELDS = new Map<string, CelField>(
  Object.entries({ op: STRING, path: STRING, from: STRING, value: DYN }).map(([name, type]) => [name, { name, type }]),
);

const JSON_PATCH_TYPE: CelObjectType = {
  kind: 'object',
  name: 'JSONPatch',
  field: (name) => PATCH_FIELDS.get(name),
  constructible: true,
};

/** `Object`, `Object.spec`, `Object.spec.template`: any field may be given, what it is shows when it is merged. */
function partOfObject(name: string): CelObjectType {
  return { kind: 'object', name, field: (field) => ({ name: field, type: DYN }), constructible: true };
}

const OBJECT_TYPE = partOfObject('Object');

/** The types that mutations construct. */
export function resolveMutationType(name: string): CelType | undefined {
  if (name === 'JSONPatch') return JSON_PATCH_TYPE;
  if (name === 'Object') return OBJECT_TYPE;
  return name.startsWith('Object.') ? partOfObject(name) : undefined;
}
