import { isObject, stableJson, type JsonObject } from '../../../src/apimachinery/index.ts';
import type { ControllerRevision, PodTemplateSpec } from '../../../src/apis/index.ts';

/** What a revision keeps of its owner: a strategic merge patch that gives it this template back. */
export function revisionData(template: PodTemplateSpec): JsonObject {
  // @NOTE a template is part of a body that was JSON.
  const fields = template as unknown as JsonObject;
  return { spec: { template: { ...fields, $patch: 'replace' } } };
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
