import {
  badRequest,
  invalid,
  validateObjectMeta,
  validateObjectMetaUpdate,
  type FieldError,
  type KubeObject,
  type ObjectKey,
} from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import type { WriteRequest } from './deps.ts';

/** Refuses a new object that breaks a rule; passes warnings on. */
export function checkNew(definition: ResourceDefinition, object: KubeObject, request: WriteRequest): void {
  refuse(definition, object, objectErrors(definition, object));
  warnOf(definition, object, request);
}

/** Refuses a change that breaks a rule; passes warnings on. */
export function checkChange(
  definition: ResourceDefinition,
  { object, old }: { readonly object: KubeObject; readonly old: KubeObject },
  rules: ((object: KubeObject, old: KubeObject) => readonly FieldError[]) | undefined,
  request: WriteRequest,
): void {
  const errors = [
    ...validateObjectMetaUpdate(object.metadata, old.metadata),
    ...objectErrors(definition, object, old),
    ...(rules?.(object, old) ?? []),
  ];
  refuse(definition, object, errors);
  warnOf(definition, object, request);
}

/** The name in a body is that of the URL, and so is its namespace if it has one. Without a namespace any is ignored. */
export function checkPlace({ metadata }: KubeObject, { name, namespace }: ObjectKey): void {
  const given = metadata.name ?? '';
  if (given === '')
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (given !== name)
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  const within = metadata.namespace ?? '';
  if (within === '' || namespace === undefined || within === namespace) return;
  throw badRequest(
    `the namespace of the object (${within}) does not match the namespace on the request (${namespace})`,
  );
}

function objectErrors(definition: ResourceDefinition, object: KubeObject, old?: KubeObject): readonly FieldError[] {
  const { strategy, namespaced } = definition;
  const validateName = strategy.validateName === undefined ? undefined : nameRule(definition);
  const ofMetadata = validateObjectMeta(object.metadata, { namespaced, validateName });
  const ofKind = strategy.validate?.(object, old) ?? [];
  return ofMetadata.length === 0 ? ofKind : [...ofMetadata, ...ofKind];
}

function nameRule({ strategy }: ResourceDefinition) {
  return (name: string, prefix: boolean) => strategy.validateName?.(name, prefix) ?? [];
}

function refuse(definition: ResourceDefinition, object: KubeObject, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(definition, object.metadata.name ?? '', errors);
}

function warnOf({ strategy }: ResourceDefinition, object: KubeObject, { warn }: WriteRequest): void {
  for (const text of strategy.warnings?.(object) ?? []) warn(text);
}
