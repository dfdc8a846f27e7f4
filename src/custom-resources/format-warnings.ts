import type { CustomResourceDefinition } from '../apis/index.ts';
import { isKnownFormat } from './schema/formats.ts';
import { additionalSchemaOf, itemsOf, type Schema } from './schema/schema.ts';

/** What is let through and does nothing. */
export function formatWarnings({ spec }: CustomResourceDefinition): readonly string[] {
  return spec.versions.flatMap(({ schema }, index) => {
    const formats = schema?.openAPIV3Schema === undefined ? [] : unknownFormats(schema.openAPIV3Schema, '');
    return formats.map(({ path, format }) => {
      const field = `spec.versions[${index}].schema.openAPIV3Schema${path}.format`;
      return `${field}: unrecognized format ${JSON.stringify(format)}`;
    });
  });
}

interface Unknown {
  readonly path: string;
  readonly format: string;
}

function unknownFormats(schema: Schema, path: string): readonly Unknown[] {
  const { format = '', properties = {} } = schema;
  const items = itemsOf(schema);
  const additional = additionalSchemaOf(schema);
  return [
    ...(format === '' || isKnownFormat(format, schema.type) ? [] : [{ path, format }]),
    ...(items === undefined ? [] : unknownFormats(items, `${path}.items`)),
    ...(additional === undefined ? [] : unknownFormats(additional, `${path}.additionalProperties`)),
    ...Object.entries(properties).flatMap(([name, part]) => unknownFormats(part, `${path}.properties[${name}]`)),
  ];
}
