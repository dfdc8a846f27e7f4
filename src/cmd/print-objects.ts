import { stringify } from 'yaml';
import type { KubeObject } from '../apimachinery/index.ts';

export type OutputFormat = 'yaml' | 'json' | 'name';

/** `cluster.federation/east`, as kubectl names it. */
export function nameOf({ apiVersion, kind, metadata }: KubeObject): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0] ?? ''}` : '';
  return `${kind.toLowerCase()}${group}/${metadata.name ?? ''}`;
}

/** Several objects are a stream of YAML documents, or a `List` in JSON. */
export function printObjects(objects: readonly KubeObject[], format: OutputFormat): string {
  switch (format) {
    case 'name':
      return objects.map(nameOf).join('\n');
    case 'yaml':
      return objects
        .map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd())
        .join('\n---\n');
    case 'json': {
      const [only] = objects;
      const printed = objects.length === 1 ? only : { apiVersion: 'v1', kind: 'List', items: objects };
      return JSON.stringify(printed, null, 4);
    }
  }
}
