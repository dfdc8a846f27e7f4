import { additionalSchemaOf, propertyOf, type Schema } from '../schema/schema.ts';

/**
 * A rule's `fieldPath`, as errors name it: `.spec['x']` is `spec.x`, keys of maps stand in brackets. `undefined` for what
 * leads to no field of the schema.
 */
export function normalizedFieldPath(path: string, schema: Schema): string | undefined {
  const step = /\.([^.[\]]+)|\['((?:\\.|[^'\\])*)'\]/y;
  let at = schema;
  let normalized = '';
  while (step.lastIndex < path.length) {
    const [, dotted, quoted] = step.exec(path) ?? [];
    const name = dotted ?? quoted?.replaceAll(/\\(['\\])/g, '$1');
    if (name === undefined) return undefined;
    const isMap = at.properties === undefined;
    const next = isMap ? additionalSchemaOf(at) : propertyOf(at, name);
    if (next === undefined) return undefined;
    normalized += isMap ? `[${name}]` : `${normalized === '' ? '' : '.'}${name}`;
    at = next;
  }
  return normalized === '' ? undefined : normalized;
}
