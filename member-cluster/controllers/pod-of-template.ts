import { controllerReferenceTo, type KubeObject } from '../../src/apimachinery/index.ts';
import type { Pod, PodTemplateSpec } from '../../src/apis/index.ts';
import type { NewObject } from '../../src/client/index.ts';
import { nameOf } from './ownership.ts';

/** A pod of the template, controlled by the owner, that the server gives a name. */
export function podOfTemplate(owner: KubeObject, template: PodTemplateSpec = {}): NewObject<Pod> {
  const { metadata, spec } = template;
  const { namespace } = owner.metadata;
  return {
    metadata: {
      generateName: `${nameOf(owner)}-`,
      ...(namespace === undefined ? {} : { namespace }),
      ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
      ...(metadata?.annotations === undefined ? {} : { annotations: metadata.annotations }),
      ...(metadata?.finalizers === undefined ? {} : { finalizers: metadata.finalizers }),
      ownerReferences: [controllerReferenceTo(owner)],
    },
    ...(spec === undefined ? {} : { spec }),
  };
}
