import { apiVersionOf, type TypeTable } from '../../../apimachinery/index.ts';
import {
  celTypeOfSchema,
  celTypeOfTable,
  type CelField,
  type CelType,
  type StructuralSchema,
} from '../../../cel/index.ts';
import type { ResourceDefinition } from '../../resource-definition.ts';
import { compileBase } from './compiled-policy.ts';
import { compileExpression, RETURNS } from './expressions.ts';
import type { ExpressionWarning, ValidatingPolicy } from './shapes.ts';

const OBJECT_META = 'k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta';

/** What would be wrong with a policy's expressions if `object` were of each of these kinds. */
export function typeWarnings(
  { spec = {} }: ValidatingPolicy,
  kinds: readonly ResourceDefinition[],
  types: TypeTable,
): readonly ExpressionWarning[] {
  const checks = kinds.map((kind) => {
    const { environment } = compileBase(spec, { object: typeOfKind(kind, types) });
    return { name: `${apiVersionOf(kind)}, Kind=${kind.kind}`, environment };
  });
  const warningsOf = (fieldRef: string, text: string, expects: readonly CelType[]): readonly ExpressionWarning[] => {
    const warnings = checks.flatMap(({ name, environment }) => {
      const expression = compileExpression(text, environment, expects);
      return 'problem' in expression ? [`${name}: ${expression.problem.replace(/^compilation failed: /, '')}\n`] : [];
    });
    return warnings.length === 0 ? [] : [{ fieldRef, warning: warnings.join('') }];
  };
  return (spec.validations ?? []).flatMap(({ expression, messageExpression = '' }, index) => [
    ...warningsOf(`spec.validations[${index}].expression`, expression, RETURNS.condition),
    ...(messageExpression === ''
      ? []
      : warningsOf(`spec.validations[${index}].messageExpression`, messageExpression, RETURNS.message)),
  ]);
}

function typeOfKind(kind: ResourceDefinition, types: TypeTable): CelType {
  if (kind.openApi === undefined) return celTypeOfTable(types, kind.schema);
  // @NOTE what is published of a custom resource is its structural schema.
  const schema = kind.openApi(() => ({})) as StructuralSchema;
  const type = celTypeOfSchema(schema, { resourceRoot: true, name: kind.kind });
  if (type?.kind !== 'object') return { kind: 'dyn' };
  const metadata: CelField = { name: 'metadata', type: celTypeOfTable(types, OBJECT_META) };
  return { ...type, field: (name) => (name === 'metadata' ? metadata : type.field(name)) };
}
