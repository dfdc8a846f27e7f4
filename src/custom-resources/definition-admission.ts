import { deepEqual, invalid, type KubeObject } from '../apimachinery/index.ts';
import { customResourceDefinitions as resource, type CustomResourceDefinition } from '../apis/index.ts';
import type { AdmissionPlugin } from '../apiserver/index.ts';

/** Refuses definitions whose schemas no object could be judged by. What judges them is loaded with the first one. */
export const customResourceSchemas: AdmissionPlugin = {
  name: 'CustomResourceSchemas',
  handles: ({ operation, resource: { group, plural }, subresource }) =>
    operation !== 'DELETE' && subresource === undefined && group === resource.group && plural === resource.plural,
  async validate(request) {
    const { object, oldObject } = request;
    if (object === undefined) return;
    const definition = definitionOf(object);
    // What was let through once may be changed elsewhere, whatever is thought of it today.
    if (oldObject !== undefined && deepEqual(definition.spec.versions, definitionOf(oldObject).spec.versions)) return;
    const { schemaErrors } = await import('./definition-schemas.ts');
    const errors = await schemaErrors(definition);
    const { formatWarnings } = await import('./format-warnings.ts');
    for (const text of formatWarnings(definition)) request.warn(text);
    if (errors.length > 0) throw invalid(resource, definition.metadata.name ?? '', errors);
  },
};

function definitionOf(object: KubeObject): CustomResourceDefinition {
  // @NOTE the plugin handles no other kind, and what is validated was decoded by its schema.
  return object as CustomResourceDefinition;
}
