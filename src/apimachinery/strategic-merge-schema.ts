import type { FieldSchema, FieldType, TypeTable } from './schema.ts';

/** How the value of one field is merged. Where the tables say nothing, objects merge and lists are replaced. */
export interface MergeRule {
  /** Of the value itself, or of its items where it is a list. */
  readonly fields: FieldRules | undefined;
  /** Lists of objects merge by this field, lists of primitives (empty string) as sets; absent: replaced. */
  readonly mergeKey: string | undefined;
  /** Objects of this field are replaced and not merged. */
  readonly replace: boolean;
}

export type FieldRules = (field: string) => MergeRule;

const UNKNOWN_FIELD: MergeRule = { fields: undefined, mergeKey: undefined, replace: false };

export function fieldRules(typeName: string, table: TypeTable): FieldRules {
  return (field) => {
    const schema = findField(typeName, field, table);
    return schema === undefined ? UNKNOWN_FIELD : ruleOf(schema, table);
  };
}

function findField(typeName: string, field: string, table: TypeTable): FieldSchema | undefined {
  const fields = table.get(typeName)?.fields ?? [];
  const own = fields.find((candidate) => !candidate.inline && candidate.name === field);
  if (own !== undefined) return own;
  for (const { inline, type } of fields) {
    if (!inline || type.kind !== 'ref') continue;
    const inherited = findField(type.name, field, table);
    if (inherited !== undefined) return inherited;
  }
  return undefined;
}

function ruleOf(schema: FieldSchema, table: TypeTable): MergeRule {
  const strategies = schema.patchStrategies ?? [];
  const isMergeList = schema.type.kind === 'list' && strategies.includes('merge');
  return {
    fields: rulesOfType(schema.type, table),
    mergeKey: isMergeList ? (schema.patchMergeKey ?? '') : undefined,
    replace: strategies.includes('replace'),
  };
}

function rulesOfType(type: FieldType, table: TypeTable): FieldRules | undefined {
  switch (type.kind) {
    case 'ref':
      return fieldRules(type.name, table);
    case 'list':
      return rulesOfType(type.items, table);
    case 'map': {
      const rule: MergeRule = { fields: rulesOfType(type.values, table), mergeKey: undefined, replace: false };
      return () => rule;
    }
    default:
      return undefined;
  }
}
