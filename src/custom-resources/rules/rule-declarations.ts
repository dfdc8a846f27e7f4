import { forbiddenField, invalidValue, notSupported, required, type FieldError } from '../../apimachinery/index.ts';
import { CEL_LIMITS, celTypeOfSchema, type CelProgram } from '../../cel/index.ts';
import { broken } from '../schema/broken.ts';
import { additionalSchemaOf, isEmbedded, itemsOf, type Schema } from '../schema/schema.ts';
import { compileRules, readable, withRulesOf, type CompiledRule, type Rule } from './compiled-rule.ts';

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const ADVICE =
  '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';
const NEWLINES = /[\n\r]/;
/** What is told of, when all rules together cost too much. */
const MOST_EXPENSIVE = 4;

interface Position {
  readonly field: string;
  readonly isRoot: boolean;
  /** How often a value may stand here; infinite when a list or map around it has no bound. */
  readonly count: number;
  /** Around here nobody can tell which value was which before. */
  readonly uncorrelated?: string;
}

interface Expense {
  readonly field: string;
  readonly cost: number;
}

/** What is wrong with the rules of a schema: what they say, whether they compile, and what they may cost. */
export function ruleErrors(schema: Schema, field: string): readonly FieldError[] {
  const declarations = new Declarations();
  declarations.visit(schema, { field, isRoot: true, count: 1 });
  return declarations.all(field);
}

class Declarations {
  readonly #errors: FieldError[] = [];
  readonly #expenses: Expense[] = [];

  visit(schema: Schema, at: Position): void {
    this.#checkRules(schema, at);
    const { field, count } = at;
    for (const [index, more] of (schema.allOf ?? []).entries()) {
      this.#checkRules(withRulesOf(schema, more), { ...at, field: `${field}.allOf[${index}]` });
    }
    const items = itemsOf(schema);
    const additional = additionalSchemaOf(schema);
    const inside = { ...at, isRoot: false };
    if (items !== undefined) {
      const forgotten = schema['x-kubernetes-list-type'] === 'map' ? at : withoutPast(at);
      const times = count * (schema.maxItems ?? Infinity);
      this.visit(items, { ...inside, ...forgotten, isRoot: false, field: `${field}.items`, count: times });
    }
    if (additional !== undefined) {
      const times = count * (schema.maxProperties ?? Infinity);
      this.visit(additional, { ...inside, field: `${field}.additionalProperties`, count: times });
    }
    const known = schema['x-kubernetes-map-type'] === 'atomic' ? withoutPast(at) : at;
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      this.visit(property, { ...known, isRoot: false, field: `${field}.properties[${name}]` });
    }
  }

  all(field: string): readonly FieldError[] {
    const total = this.#expenses.reduce((sum, { cost }) => sum + cost, 0);
    const limit = CEL_LIMITS.estimatedCostPerSchema;
    if (total <= limit) return this.#errors;
    const expensive = this.#expenses
      .filter(({ cost }) => cost > limit / 100)
      .sort((a, b) => b.cost - a.cost)
      .slice(0, MOST_EXPENSIVE);
    const why =
      'contributed to estimated rule & messageExpression cost total exceeding cost limit for entire OpenAPIv3 schema';
    const name = 'x-kubernetes-validations estimated rule & messageExpression cost total for entire OpenAPIv3 schema';
    return [
      ...this.#errors,
      ...expensive.map((expense) => forbiddenField(expense.field, why)),
      forbiddenField(field, tooExpensive(name, total, limit)),
    ];
  }

  #checkRules(schema: Schema, at: Position): void {
    const rules = schema['x-kubernetes-validations'] ?? [];
    const stated = rules.flatMap((rule, index) =>
      statementErrors(rule, `${at.field}.x-kubernetes-validations[${index}]`),
    );
    this.#errors.push(...stated);
    if (rules.length === 0 || stated.length > 0) return;
    const count = at.count === Infinity ? mostIn(schema) : at.count;
    for (const [index, compiled] of compileRules(schema, at.isRoot || isEmbedded(schema)).entries()) {
      const field = `${at.field}.x-kubernetes-validations[${index}]`;
      this.#checkCompiled(compiled, field, at);
      this.#checkCost(compiled.program, `${field}.rule`, 'estimated rule cost', count);
      this.#checkCost(compiled.messageProgram, `${field}.messageExpression`, 'estimated messageExpression cost', count);
    }
  }

  #checkCompiled(
    { rule, fault, messageFault, usesOldSelf, fieldPath }: CompiledRule,
    field: string,
    at: Position,
  ): void {
    const { uncorrelated, field: within } = at;
    const isLost = usesOldSelf && uncorrelated !== undefined;
    this.#errors.push(
      ...(fault === undefined ? [] : [invalidValue(`${field}.rule`, rule, fault)]),
      ...(messageFault === undefined ? [] : [invalidValue(`${field}.messageExpression`, rule, messageFault)]),
      ...broken(
        [
          isLost,
          invalidValue(
            `${field}.rule`,
            rule.rule,
            `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated ?? within}`,
          ),
        ],
        [
          fault === undefined && !usesOldSelf && rule.optionalOldSelf !== undefined,
          invalidValue(
            `${field}.optionalOldSelf`,
            rule.optionalOldSelf,
            'may not be set if oldSelf is not used in rule',
          ),
        ],
        [
          rule.fieldPath !== undefined && fieldPath === undefined,
          invalidValue(`${field}.fieldPath`, rule.fieldPath, 'fieldPath must be a valid path'),
        ],
      ),
    );
  }

  #checkCost(program: CelProgram | undefined, field: string, name: string, count: number): void {
    if (program === undefined) return;
    const cost = Math.min(program.estimatedCost.max * count, Number.MAX_SAFE_INTEGER);
    this.#expenses.push({ field, cost });
    const limit = CEL_LIMITS.estimatedCostPerRule;
    if (cost > limit) this.#errors.push(forbiddenField(field, tooExpensive(name, cost, limit)));
  }
}

function withoutPast(at: Position): Position {
  return at.uncorrelated === undefined ? { ...at, uncorrelated: at.field } : at;
}

/** How many such values fit into a request. */
function mostIn(schema: Schema): number {
  const list = celTypeOfSchema({ type: 'array', items: readable(schema) });
  return list?.kind === 'list' ? (list.maxItems ?? Infinity) : Infinity;
}

function statementErrors(rule: Rule, field: string): readonly FieldError[] {
  const { message = '', messageExpression, reason, fieldPath } = rule;
  const text = rule.rule.trim();
  return [
    ...messageErrors(text, message, field),
    ...broken(
      [
        messageExpression !== undefined && messageExpression !== '' && messageExpression.trim() === '',
        required(`${field}.messageExpression`, 'messageExpression must be non-empty if specified'),
      ],
      [reason !== undefined && !REASONS.includes(reason), notSupported(`${field}.reason`, reason, REASONS)],
      [
        fieldPath !== undefined && fieldPath !== '' && fieldPath.trim() === '',
        invalidValue(`${field}.fieldPath`, fieldPath, 'fieldPath must be non-empty if specified'),
      ],
      [
        NEWLINES.test(fieldPath ?? ''),
        invalidValue(`${field}.fieldPath`, fieldPath, 'fieldPath must not contain line breaks'),
      ],
      [
        Buffer.byteLength(text) > CEL_LIMITS.expressionLength,
        invalidValue(`${field}.rule`, `${text.slice(0, 64)}…`, 'rule is too long'),
      ],
    ),
  ];
}

function messageErrors(rule: string, message: string, field: string): readonly FieldError[] {
  const at = `${field}.message`;
  if (rule === '') return [required(`${field}.rule`, 'rule is not specified')];
  if (message !== '' && message.trim() === '') {
    return [invalidValue(at, message, 'message must be non-empty if specified')];
  }
  if (NEWLINES.test(message.trim())) return [invalidValue(at, message, 'message must not contain line breaks')];
  if (NEWLINES.test(rule) && message.trim() === '') {
    return [required(at, 'message must be specified if rule contains line breaks')];
  }
  return [];
}

function tooExpensive(name: string, cost: number, limit: number): string {
  const times = cost / limit;
  const factor = times > 100 ? 'more than 100x' : times < 1.5 ? `${times.toFixed(6)}x` : `${times.toFixed(1)}x`;
  return `${name} exceeds budget by factor of ${factor} ${ADVICE}`;
}
