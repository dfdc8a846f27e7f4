import { statusError, type KubeObject, type StatusError } from '../../apimachinery/index.ts';
import type { ResourceDefinition, Subresource, Verb } from '../resource-definition.ts';
import type { UpdateRules } from './update.ts';

export function subresourceOf(definition: ResourceDefinition, name: string): Subresource {
  const found = definition.subresources?.find((subresource) => subresource.name === name);
  if (found === undefined) throw noSuchResource(`${definition.plural}/${name} is not served`);
  return found;
}

/** What a PUT or PATCH of the object, or of one of its subresources, may change. */
export function rulesOf({ strategy }: ResourceDefinition, subresource: Subresource | undefined): UpdateRules {
  switch (subresource?.type) {
    case undefined:
    case 'scale':
      return {
        prepare: (object, old, context) => strategy.prepareForUpdate?.(object, old, context) ?? object,
        validate: (object, old) => strategy.validateUpdate?.(object, old) ?? [],
      };
    case 'status':
      return {
        prepare: (object, old, context) =>
          subresource.prepareForUpdate?.(object, old, context) ?? onlyStatus(object, old),
        validate: (object, old) => subresource.validateUpdate?.(object, old) ?? [],
      };
    case 'update':
      return {
        prepare: (object, old, context) => subresource.prepareForUpdate(object, old, context),
        validate: (object, old) => subresource.validateUpdate?.(object, old) ?? [],
      };
    case 'create':
    case 'connect':
      throw methodNotAllowed();
  }
}

/** Refuses with 405 what the definition does not serve. */
export function requireVerb(definition: ResourceDefinition, verb: Verb): void {
  const refused = isAnswered(definition) ? verb !== 'create' : definition.verbs?.includes(verb) === false;
  if (refused) throw methodNotAllowed();
}

/** A kind that is asked and not stored. */
export function isAnswered(definition: ResourceDefinition): boolean {
  return 'answer' in definition;
}

export function methodNotAllowed(): StatusError {
  return statusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
}

export function noSuchResource(why?: string): StatusError {
  const message = 'the server could not find the requested resource';
  return statusError(404, 'NotFound', why === undefined ? message : `${message}: ${why}`, { details: {} });
}

/** Beside the status, labels and annotations may change: what reports a status may mark the object. */
function onlyStatus(object: KubeObject, old: KubeObject): KubeObject {
  const { labels, annotations } = object.metadata;
  const { labels: _labels, annotations: _annotations, ...metadata } = old.metadata;
  const status: unknown = 'status' in object ? object.status : undefined;
  const next = {
    ...old,
    metadata: {
      ...metadata,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
  };
  return { ...next, ...{ status } };
}
