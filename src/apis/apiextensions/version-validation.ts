import { duplicate, invalidValue, required, tooMany, type FieldError } from '../../apimachinery/index.ts';
import { broken } from '../field-rules.ts';
import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinitionVersion,
  CustomResourceSubresourceScale,
  SelectableField,
} from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const MAX_SELECTABLE_FIELDS = 8;
const MAX_WARNING = 256;

export function validateVersion(field: string, version: Sent<CustomResourceDefinitionVersion>): readonly FieldError[] {
  const { schema, subresources, additionalPrinterColumns = [], selectableFields = [] } = version;
  return [
    ...(schema?.openAPIV3Schema === undefined
      ? [required(`${field}.schema.openAPIV3Schema`, 'schemas are required')]
      : []),
    ...validateWarning(`${field}.deprecationWarning`, version),
    ...(subresources?.scale === undefined ? [] : validateScale(`${field}.subresources.scale`, subresources.scale)),
    ...additionalPrinterColumns.flatMap((column, index) =>
      validateColumn(`${field}.additionalPrinterColumns[${index}]`, column),
    ),
    ...validateSelectable(`${field}.selectableFields`, selectableFields),
  ];
}

function validateWarning(
  field: string,
  { deprecated = false, deprecationWarning }: Sent<CustomResourceDefinitionVersion>,
): readonly FieldError[] {
  if (deprecationWarning === undefined) return [];
  const wrong = (why: string) => invalidValue(field, deprecationWarning, why);
  const odd = deprecationWarning.search(/[\p{C}\p{Zl}\p{Zp}]/u);
  return broken(
    [!deprecated, wrong('can only be set for deprecated versions')],
    [Buffer.byteLength(deprecationWarning) > MAX_WARNING, wrong(`must be <= ${MAX_WARNING} characters long`)],
    [deprecationWarning === '', wrong('must not be empty string')],
    [odd >= 0, wrong(`must only contain printable UTF-8 characters; non-printable character found at index ${odd}`)],
  );
}

function validateScale(field: string, scale: Sent<CustomResourceSubresourceScale>): readonly FieldError[] {
  const { specReplicasPath = '', statusReplicasPath = '', labelSelectorPath = '' } = scale;
  return [
    ...(specReplicasPath === ''
      ? [required(`${field}.specReplicasPath`)]
      : validatePathUnder(`${field}.specReplicasPath`, specReplicasPath, ['.spec'])),
    ...(statusReplicasPath === ''
      ? [required(`${field}.statusReplicasPath`)]
      : validatePathUnder(`${field}.statusReplicasPath`, statusReplicasPath, ['.status'])),
    ...(labelSelectorPath === ''
      ? []
      : validatePathUnder(`${field}.labelSelectorPath`, labelSelectorPath, ['.spec', '.status'])),
  ];
}

function validatePathUnder(field: string, path: string, roots: readonly string[]): readonly FieldError[] {
  const errors = validatePath(field, path);
  if (errors.length > 0 || roots.some((root) => path.startsWith(`${root}.`))) return errors;
  return [invalidValue(field, path, `should be a json path under ${roots.join(' or ')}`)];
}

function validatePath(field: string, path: string): readonly FieldError[] {
  return path.startsWith('.') ? [] : [invalidValue(field, path, 'must be a simple json path starting with .')];
}

function validateColumn(field: string, column: Sent<CustomResourceColumnDefinition>): readonly FieldError[] {
  const { name = '', type = '', format = '', jsonPath = '' } = column;
  const types = `must be one of ${COLUMN_TYPES.join(',')}`;
  return [
    ...broken(
      [name === '', required(`${field}.name`)],
      [type === '', required(`${field}.type`, types)],
      [type !== '' && !COLUMN_TYPES.includes(type), invalidValue(`${field}.type`, type, types)],
      [
        format !== '' && !COLUMN_FORMATS.includes(format),
        invalidValue(`${field}.format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`),
      ],
      [jsonPath === '', required(`${field}.JSONPath`)],
    ),
    ...(jsonPath === '' ? [] : validatePath(`${field}.JSONPath`, jsonPath)),
  ];
}

function validateSelectable(field: string, fields: readonly Sent<SelectableField>[]): readonly FieldError[] {
  const paths = fields.map(({ jsonPath = '' }) => jsonPath);
  return [
    ...broken([paths.length > MAX_SELECTABLE_FIELDS, tooMany(field, paths.length, MAX_SELECTABLE_FIELDS)]),
    ...paths.flatMap((path, index) =>
      broken(
        [path === '', required(`${field}[${index}].jsonPath`)],
        [path !== '' && paths.indexOf(path) < index, duplicate(`${field}[${index}].jsonPath`, path)],
      ),
    ),
  ];
}
