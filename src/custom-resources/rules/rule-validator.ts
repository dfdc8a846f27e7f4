import { deepEqual, invalidValue, isList, isObject, type FieldError } from '../../apimachinery/index.ts';
import { CEL_LIMITS, type CelProgram } from '../../cel/index.ts';
import { correlated } from '../schema/correlate.ts';
import { additionalSchemaOf, below, isEmbedded, itemsOf, propertyOf, type Schema } from '../schema/schema.ts';
import type { SchemaRules } from '../schema/custom-schema.ts';
import { compileRules, withRulesOf, type CompiledRule } from './compiled-rule.ts';
import { brokenRule, messageOrDefault, ruleText } from './rule-errors.ts';

/** Where a value stands, and what stood there before; `undefined` where nothing did or nobody can tell. */
interface Place {
  readonly path: string;
  readonly isRoot: boolean;
  readonly old: unknown;
  /** The value, or what it is a part of, is as it was: what is wrong with it was wrong before. */
  readonly isUnchanged: boolean;
}

/** The rules that `stated` states of values of `schema`. */
type RulesOf = (stated: Schema, schema: Schema, isRoot: boolean) => readonly CompiledRule[];

const MAX_MESSAGE_BYTES = 5 * 1024;
const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

/** The rules of a schema and of all that is in it, compiled when they are first needed. */
export class RuleValidator implements SchemaRules {
  readonly #schema: Schema;
  readonly #compiled = new Map<Schema, readonly CompiledRule[]>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /** `old`: what a change is made of. */
  validate(object: unknown, old?: unknown): readonly FieldError[] {
    const run = new RuleRun((stated, schema, isRoot) => this.#rulesOf(stated, schema, isRoot));
    run.visit(object, this.#schema, { path: '', isRoot: true, old, isUnchanged: false });
    return run.errors;
  }

  #rulesOf(stated: Schema, schema: Schema, isRoot: boolean): readonly CompiledRule[] {
    let rules = this.#compiled.get(stated);
    if (rules === undefined) {
      rules = compileRules(withRulesOf(schema, stated), isRoot || isEmbedded(schema));
      this.#compiled.set(stated, rules);
    }
    return rules;
  }
}

/** One object on its way through the rules, with what it may cost in all. */
class RuleRun {
  readonly errors: FieldError[] = [];
  readonly #rulesOf: RulesOf;
  #budget: number = CEL_LIMITS.costPerRequest;
  #stopped = false;

  constructor(rulesOf: RulesOf) {
    this.#rulesOf = rulesOf;
  }

  visit(value: unknown, schema: Schema, place: Place): void {
    if (this.#stopped || value === null || value === undefined) return;
    this.#check(value, schema, place);
    if (isList(value)) this.#visitItems(value, schema, place);
    else if (isObject(value)) this.#visitFields(value, schema, place);
  }

  #visitItems(list: readonly unknown[], schema: Schema, place: Place): void {
    const items = itemsOf(schema);
    if (items === undefined) return;
    const before = correlated(schema, place.old);
    for (const [index, item] of list.entries()) {
      this.visit(item, items, part(place, `${place.path}[${index}]`, item, before(item)));
    }
  }

  #visitFields(object: Readonly<Record<string, unknown>>, schema: Schema, place: Place): void {
    const isAtomic = schema['x-kubernetes-map-type'] === 'atomic';
    const additional = additionalSchemaOf(schema);
    for (const [name, content] of Object.entries(object)) {
      const property = propertyOf(schema, name);
      const known = property ?? additional;
      if (known === undefined) continue;
      const path = property === undefined ? `${place.path}[${name}]` : below(place.path, name);
      const { old } = place;
      const before = !isAtomic && isObject(old) && Object.hasOwn(old, name) ? old[name] : undefined;
      this.visit(content, known, part(place, path, content, before));
    }
  }

  #check(value: unknown, schema: Schema, place: Place): void {
    const field = place.path === '' ? '<nil>' : place.path;
    const type = schema.type ?? '';
    for (const compiled of this.#rulesFor(schema, place.isRoot)) {
      if (this.#stopped) return;
      if (compiled.program === undefined) {
        this.errors.push(invalidValue(field, type, `rule compile error: ${compiled.fault ?? ''}`));
      } else if (!compiled.usesOldSelf || place.old !== undefined || compiled.rule.optionalOldSelf === true) {
        this.#evaluate(compiled, compiled.program, { value, field, type, place });
      }
    }
  }

  /** What `allOf` adds is about the same value. */
  #rulesFor(schema: Schema, isRoot: boolean): readonly CompiledRule[] {
    const own = this.#rulesOf(schema, schema, isRoot);
    const { allOf = [] } = schema;
    return allOf.length === 0 ? own : [...own, ...allOf.flatMap((more) => this.#rulesOf(more, schema, isRoot))];
  }

  #evaluate(
    compiled: CompiledRule,
    program: CelProgram,
    at: { readonly value: unknown; readonly field: string; readonly type: string; readonly place: Place },
  ): void {
    const { rule, fieldPath } = compiled;
    const { value, field, type, place } = at;
    const bindings = { self: value, oldSelf: place.old };
    const outcome = program.evaluate(bindings);
    if (!this.#spend(outcome.cost)) {
      this.#stop(invalidValue(field, type, OUT_OF_BUDGET));
      return;
    }
    if (!outcome.ok) {
      const error = invalidValue(field, type, failure(outcome, ruleText(rule)));
      if (outcome.overBudget) this.#stop(error);
      else this.errors.push(error);
      return;
    }
    if (outcome.value === true || (place.isUnchanged && !compiled.usesOldSelf)) return;
    const where = fieldPath === undefined ? field : below(place.path, fieldPath);
    const detail = this.#message(compiled, bindings) ?? messageOrDefault(rule);
    this.errors.push(brokenRule(where, type, detail, rule));
  }

  /** `undefined`: the expression says nothing that could be shown. */
  #message({ messageProgram }: CompiledRule, bindings: Readonly<Record<string, unknown>>): string | undefined {
    const outcome = messageProgram?.evaluate(bindings);
    if (outcome === undefined) return undefined;
    const isPaid = this.#spend(outcome.cost);
    if (!isPaid || !outcome.ok || typeof outcome.value !== 'string') return undefined;
    const text = outcome.value.trim();
    return text === '' || text.includes('\n') || Buffer.byteLength(text) > MAX_MESSAGE_BYTES ? undefined : text;
  }

  #spend(cost: number): boolean {
    this.#budget -= cost;
    return this.#budget >= 0;
  }

  #stop(error: FieldError): void {
    this.#stopped = true;
    this.errors.push(error);
  }
}

function part(place: Place, path: string, value: unknown, old: unknown): Place {
  const isUnchanged = old === undefined ? place.isUnchanged : deepEqual(value, old);
  return { path, isRoot: false, old, isUnchanged };
}

function failure(
  { error, overBudget }: { readonly error: string; readonly overBudget: boolean },
  rule: string,
): string {
  if (overBudget) {
    return `'${error}': no further validation rules will be run due to call cost exceeds limit for rule: ${rule}`;
  }
  if (error.startsWith('no such overload')) {
    return `'${error}': call arguments did not match a supported operator, function or macro signature for rule: ${rule}`;
  }
  return `${error} evaluating rule: ${rule}`;
}
