import {
  formatSelector,
  labelSelectorOf,
  parseTime,
  selectorOfLabels,
  shortDuration,
  type KubeObject,
  type LabelSelector,
} from '../apimachinery/index.ts';
import type { Column } from '../apiserver/index.ts';
import type { PodTemplateSpec } from './generated/wire-types.ts';

export const NONE = '<none>';
export const UNKNOWN = '<unknown>';
const UNSET = '<unset>';

export const nameColumn: Column<KubeObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Unique within its namespace, or in the cluster for kinds that have none.',
  value: (object) => object.metadata.name ?? '',
};

export const ageColumn: Column<KubeObject> = {
  name: 'Age',
  type: 'string',
  description: 'Time since the object was created.',
  value: (object, now) => ageOf(object.metadata.creationTimestamp, now),
};

/** For kinds without columns of their own: the time itself. */
export const createdAtColumn: Column<KubeObject> = {
  name: 'Created At',
  type: 'date',
  description: 'When the object was created.',
  value: (object) => object.metadata.creationTimestamp ?? null,
};

export function ageOf(timestamp: string | null | undefined, now: number): string {
  const since = parseTime(timestamp);
  return since === undefined ? UNKNOWN : shortDuration(now - since);
}

/** Columns about the containers of a pod template, as those of all workloads. */
export function templateColumns<T extends KubeObject>(
  templateOf: (object: T) => PodTemplateSpec | undefined,
): readonly Column<T>[] {
  const containersOf = (object: T) => templateOf(object)?.spec?.containers ?? [];
  return [
    {
      name: 'Containers',
      type: 'string',
      priority: 1,
      description: 'Names of the containers.',
      value: (object) =>
        containersOf(object)
          .map(({ name }) => name)
          .join(','),
    },
    {
      name: 'Images',
      type: 'string',
      priority: 1,
      description: 'Images of the containers.',
      value: (object) =>
        containersOf(object)
          .map(({ image }) => image ?? '')
          .join(','),
    },
  ];
}

export function selectorColumn<T extends KubeObject>(selectorOf: (object: T) => LabelSelector | undefined): Column<T> {
  return {
    name: 'Selector',
    type: 'string',
    priority: 1,
    description: 'Which pods belong to the object.',
    value: (object) => selectorText(selectorOf(object)),
  };
}

export function selectorText(selector: LabelSelector | undefined): string {
  return selector === undefined ? NONE : formatSelector(labelSelectorOf(selector)) || NONE;
}

export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  return formatSelector(selectorOfLabels(labels)) || NONE;
}

/** The first three, and how many there are more. */
export function firstThree(texts: readonly string[], empty: string = UNSET): string {
  if (texts.length === 0) return empty;
  const shown = texts.slice(0, 3).join(',');
  return texts.length > 3 ? `${shown} + ${texts.length - 3} more...` : shown;
}
