import {
  BOOL,
  celTypeOfSchema,
  compileCel,
  optionalOf,
  STRING,
  type CelProgram,
  type CelType,
} from '../../cel/index.ts';
import type { Schema } from '../schema/schema.ts';
import { itemsOf, additionalOf } from '../schema/schema.ts';
import { normalizedFieldPath } from './rule-path.ts';

export type Rule = NonNullable<Schema['x-kubernetes-validations']>[number];

export interface CompiledRule {
  readonly rule: Rule;
  readonly program: CelProgram | undefined;
  /** Why there is no program, in the words of upstream. */
  readonly fault?: string;
  readonly messageProgram?: CelProgram;
  readonly messageFault?: string;
  /** A rule about a change. */
  readonly usesOldSelf: boolean;
  readonly fieldPath: string | undefined;
}

/** The rules of one schema; those below it are others. */
export function compileRules(schema: Schema, isResource: boolean): readonly CompiledRule[] {
  const rules = schema['x-kubernetes-validations'] ?? [];
  if (rules.length === 0) return [];
  const self = celTypeOfSchema(readable(schema), { resourceRoot: isResource });
  return rules.map((rule) => compileRule(rule, self, schema));
}

/** A schema with the rules that a part of it, such as one of `allOf`, states of the same values. */
export function withRulesOf(schema: Schema, stated: Schema): Schema {
  return schema === stated
    ? schema
    : { ...schema, 'x-kubernetes-validations': stated['x-kubernetes-validations'] ?? [] };
}

function compileRule(rule: Rule, self: CelType | undefined, schema: Schema): CompiledRule {
  const fieldPath = rule.fieldPath === undefined ? undefined : normalizedFieldPath(rule.fieldPath, schema);
  const nothing = { rule, program: undefined, usesOldSelf: false, fieldPath };
  if (self === undefined) return { ...nothing, fault: 'the schema has no type that rules can see' };
  const variables = { self, oldSelf: rule.optionalOldSelf === true ? optionalOf(self) : self };
  const compiled = compileCel({ expression: rule.rule, variables });
  if (!compiled.ok) return { ...nothing, fault: compiled.message };
  const { program } = compiled;
  const message = messageOf(rule, variables);
  if (program.resultType.kind !== BOOL.kind) {
    return { ...nothing, ...message, fault: 'cel expression must evaluate to a bool' };
  }
  return { rule, program, ...message, usesOldSelf: program.reads.has('oldSelf'), fieldPath };
}

function messageOf(
  { messageExpression = '' }: Rule,
  variables: Readonly<Record<string, CelType>>,
): Pick<CompiledRule, 'messageProgram' | 'messageFault'> {
  if (messageExpression.trim() === '') return {};
  const compiled = compileCel({ expression: messageExpression, variables });
  if (!compiled.ok) return { messageFault: `messageExpression ${compiled.message}` };
  if (compiled.program.resultType.kind !== STRING.kind) {
    return { messageFault: 'messageExpression must evaluate to a string' };
  }
  return { messageProgram: compiled.program };
}

/** The words of a schema that types are made of. */
export type ReadableSchema = Parameters<typeof celTypeOfSchema>[0];

export function readable(schema: Schema): ReadableSchema {
  const { items: _items, additionalProperties: _additional, properties, ...words } = schema;
  const items = itemsOf(schema);
  const additional = additionalOf(schema);
  return {
    ...words,
    ...(items === undefined ? {} : { items: readable(items) }),
    ...(additional === undefined ? {} : { additionalProperties: additional === true ? true : readable(additional) }),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, readable(part)])) }),
  };
}
