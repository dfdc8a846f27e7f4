import { stableJson } from '../../../src/apimachinery/index.ts';
import type { Deployment } from '../../../src/apis/index.ts';

export const HASH_LABEL = 'pod-template-hash';

type Template = NonNullable<Deployment['spec']>['template'];

/** Whether two templates make the same pods; the hash label is not part of that. */
export function sameTemplate(a: Template | undefined, b: Template | undefined): boolean {
  return stableJson(withoutHash(a)) === stableJson(withoutHash(b));
}

function withoutHash(template: Template | undefined): Template | undefined {
  if (template?.metadata?.labels?.[HASH_LABEL] === undefined) return template;
  const { [HASH_LABEL]: _hash, ...labels } = template.metadata.labels;
  return { ...template, metadata: { ...template.metadata, labels } };
}
