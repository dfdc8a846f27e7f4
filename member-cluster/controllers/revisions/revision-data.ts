import {
  ExactInteger,
  isList,
  isObject,
  stableJson,
  type JsonObject,
  type JsonValue,
} from '../../../src/apimachinery/index.ts';
import type { ControllerRevision, PodTemplateSpec } from '../../../src/apis/index.ts';

/**
 * What a revision keeps of its owner: a strategic merge patch that gives it this template back. Its fields are in
 * alphabetical order, as Kubernetes writes them: clients tell by the bytes which revision is the present one.
 */
export function revisionData(template: PodTemplateSpec): JsonObject {
  // @NOTE a template is part of a body that was JSON.
  const fields = template as unknown as JsonObject;
  return { spec: { template: ordered({ ...fields, $patch: 'replace' }) } };
}

function ordered(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null || value instanceof ExactInteger) return value;
  if (isList(value)) return value.map(ordered);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.map(([name, content]) => [name, content === undefined ? content : ordered(content)]),
  );
}

export function hasTemplate({ data }: ControllerRevision, template: PodTemplateSpec): boolean {
  return stableJson(data) === stableJson(revisionData(template));
}

/** The template that a revision keeps; undefined when it keeps something else. */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec | undefined {
  const spec = data?.['spec'];
  const template = isObject(spec) ? spec['template'] : undefined;
  if (!isObject(template)) return undefined;
  const { $patch: _directive, ...fields } = template;
  return fields;
}
