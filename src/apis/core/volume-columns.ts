import type { KubeObject } from '../../apimachinery/index.ts';
import type { Column } from '../../apiserver/index.ts';

export const UNSET = '<unset>';

export function volumeColumn<T extends KubeObject>(
  name: string,
  description: string,
  value: (object: T) => string,
): Column<T> {
  return { name, type: 'string', description, value };
}

interface WithPhase extends KubeObject {
  readonly status?: { readonly phase?: string };
}

export function volumePhase({ metadata, status }: WithPhase): string {
  return metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating';
}

/** Where the storage class stood before it had a field; it still wins. */
export function classAnnotation({ metadata }: KubeObject): string | undefined {
  return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'];
}
