import { ExactInteger, isNumber, parseTime, shortDuration, type KubeObject } from '../apimachinery/index.ts';
import { nameColumn, type CustomResourceDefinitionVersion } from '../apis/index.ts';
import type { Column } from '../apiserver/index.ts';
import { parseJsonPath, type JsonPath } from './json-path.ts';

type Definition = NonNullable<CustomResourceDefinitionVersion['additionalPrinterColumns']>[number];
type Cell = string | number | ExactInteger | boolean | null;

const AGE: Definition = {
  name: 'Age',
  type: 'date',
  description: 'When the object was created.',
  jsonPath: '.metadata.creationTimestamp',
};

/** What `kubectl get` shows: the name, then what the definition wants to be shown, else the age. */
export function columnsOf({
  additionalPrinterColumns = [],
}: CustomResourceDefinitionVersion): readonly Column<KubeObject>[] {
  const wanted = additionalPrinterColumns.length === 0 ? [AGE] : additionalPrinterColumns;
  return [nameColumn, ...wanted.map(column)];
}

function column({ name, type, format, description = '', priority = 0, jsonPath }: Definition): Column<KubeObject> {
  const path = lazily(jsonPath);
  return {
    name,
    // @NOTE definitions with other types are refused when they are written.
    type: type as Column<KubeObject>['type'],
    ...(format === undefined ? {} : { format }),
    description:
      description === '' ? `Custom resource definition column (in JSONPath format): ${jsonPath}` : description,
    priority,
    value: (object, now) => {
      const [first] = path()(object);
      return first === undefined || first === null ? null : cell(type, first, now);
    },
  };
}

function lazily(text: string): () => JsonPath {
  let path: JsonPath | undefined;
  return () => (path ??= parseJsonPath(text));
}

function cell(type: string, value: unknown, now: number): Cell {
  switch (type) {
    case 'integer':
      if (value instanceof ExactInteger) return value;
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return isNumber(value) ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? age(value, now) : null;
    default:
      return typeof value === 'string' ? value : JSON.stringify(value);
  }
}

function age(text: string, now: number): string {
  const since = parseTime(text);
  return since === undefined ? '<invalid>' : shortDuration(now - since);
}
