import type { KubeObject } from '../../apimachinery/index.ts';
import type { Column } from '../../apiserver/index.ts';
import { nameColumn } from '../columns.ts';

/** Marks the class of those who name none. */
export function defaultClassNameColumn(kind: 'storageclass' | 'volumeattributesclass'): Column<KubeObject> {
  const marks = [`${kind}.kubernetes.io/is-default-class`, `${kind}.beta.kubernetes.io/is-default-class`];
  return {
    ...nameColumn,
    value: ({ metadata }) => {
      const isDefault = marks.some((mark) => metadata.annotations?.[mark] === 'true');
      return `${metadata.name ?? ''}${isDefault ? ' (default)' : ''}`;
    },
  };
}
