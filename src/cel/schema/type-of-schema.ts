import { BOOL, DOUBLE, INT, STRING, type CelField, type CelType } from '../cel-type.ts';
import { escapeFieldName } from './escape.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** What upstream takes for the largest object that can be sent: bounds what has no bound of its own. */
const MAX_REQUEST_BYTES = 3 * 1024 * 1024;

/** A type, and the fewest bytes of JSON that a value of it takes: the shorter, the more of them fit in a request. */
interface Sized {
  readonly type: CelType;
  readonly minBytes: number;
}

export interface TypeOfSchemaOptions {
  /** The schema of a whole resource: `apiVersion`, `kind` and `metadata.name` can be read whatever it says. */
  readonly resourceRoot?: boolean;
  /** What messages call the type; objects inside are called by their path below it. */
  readonly name?: string;
}

/**
 * The type that rules see for a schema; `undefined` for what they cannot see: anything without a type, lists and maps of
 * such, and unknown fields that are merely preserved.
 */
export function celTypeOfSchema(schema: StructuralSchema, options: TypeOfSchemaOptions = {}): CelType | undefined {
  const isResource = options.resourceRoot ?? schema['x-kubernetes-embedded-resource'] ?? false;
  return sizedType(schema, options.name ?? 'object', isResource)?.type;
}

function sizedType(schema: StructuralSchema, name: string, isResource: boolean): Sized | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return { type: { kind: 'dyn', maxLength: maxBytes(schema) }, minBytes: 1 };
  }
  if (isResource) return objectType(withObjectMeta(schema), name);
  switch (schema.type) {
    case 'array':
      return arrayType(schema, name);
    case 'object':
      return typeof schema.additionalProperties === 'object'
        ? mapType(schema, schema.additionalProperties, name)
        : objectType(schema, name);
    case 'string':
      return stringType(schema);
    case 'boolean':
      return { type: BOOL, minBytes: 4 };
    case 'number':
      return { type: DOUBLE, minBytes: 1 };
    case 'integer':
      return { type: INT, minBytes: 1 };
    default:
      return undefined;
  }
}

function typeOfPart(schema: StructuralSchema, name: string): Sized | undefined {
  return sizedType(schema, name, schema['x-kubernetes-embedded-resource'] === true);
}

function arrayType(schema: StructuralSchema, name: string): Sized | undefined {
  const items = schema.items === undefined ? undefined : typeOfPart(schema.items, `${name}.@idx`);
  if (items === undefined) return undefined;
  const listType = schema['x-kubernetes-list-type'];
  const type: CelType = {
    kind: 'list',
    items: items.type,
    maxItems: schema.maxItems ?? Math.floor((MAX_REQUEST_BYTES - 2) / (items.minBytes + 1)),
    ...(listType === 'set' || listType === 'map' ? { listType } : {}),
    listMapKeys: schema['x-kubernetes-list-map-keys'] ?? [],
  };
  return { type, minBytes: 2 };
}

function mapType(schema: StructuralSchema, valueSchema: StructuralSchema, name: string): Sized | undefined {
  const values = typeOfPart(valueSchema, `${name}.@elem`);
  if (values === undefined) return undefined;
  const maxEntries = schema.maxProperties ?? Math.floor((MAX_REQUEST_BYTES - 2) / (values.minBytes + 6));
  return { type: { kind: 'map', keys: STRING, values: values.type, maxEntries }, minBytes: 2 };
}

function objectType(schema: StructuralSchema, typeName: string): Sized {
  const fields = new Map<string, CelField>();
  const byJsonName = new Map<string, CelField>();
  const required = new Set(schema.required);
  let minBytes = 2;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const sized = typeOfPart(property, `${typeName}.${name}`);
    if (sized === undefined) continue;
    const escaped = escapeFieldName(name);
    byJsonName.set(name, { name, type: sized.type });
    if (escaped !== undefined) fields.set(escaped, { name, type: sized.type });
    if (required.has(name) && property.default === undefined) minBytes += name.length + sized.minBytes + 4;
  }
  const type: CelType = {
    kind: 'object',
    name: typeName,
    field: (name) => fields.get(name),
    fieldOfJson: (name) => byJsonName.get(name),
  };
  return { type, minBytes };
}

function stringType(schema: StructuralSchema): Sized {
  switch (schema.format) {
    case 'byte':
      return { type: { kind: 'bytes', maxLength: schema.maxLength ?? MAX_REQUEST_BYTES - 2 }, minBytes: 2 };
    case 'duration':
      return { type: { kind: 'duration', maxLength: 32 }, minBytes: 4 };
    case 'date':
      return { type: { kind: 'timestamp', maxLength: 12 }, minBytes: 12 };
    case 'date-time':
      return { type: { kind: 'timestamp', maxLength: 29 }, minBytes: 21 };
    default:
      return { type: { kind: 'string', maxLength: maxBytes(schema) }, minBytes: 2 };
  }
}

/** `maxLength` counts code points, and one takes up to four bytes. */
function maxBytes({ maxLength, enum: values }: StructuralSchema): number {
  if (maxLength !== undefined) return maxLength * 4;
  const lengths = (values ?? []).map((value) => (typeof value === 'string' ? value.length : 0));
  return lengths.length > 0 ? Math.max(...lengths) : MAX_REQUEST_BYTES - 2;
}

function withObjectMeta(schema: StructuralSchema): StructuralSchema {
  const string: StructuralSchema = { type: 'string' };
  const metadata = schema.properties?.['metadata'];
  return {
    ...schema,
    type: 'object',
    properties: {
      ...schema.properties,
      kind: string,
      apiVersion: string,
      metadata: {
        ...metadata,
        type: 'object',
        properties: { ...metadata?.properties, name: string, generateName: string },
      },
    },
  };
}
