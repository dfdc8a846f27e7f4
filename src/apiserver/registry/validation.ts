import {
  badRequest,
  invalid,
  validateObjectMeta,
  validateObjectMetaUpdate,
  type FieldError,
  type KubeObject,
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

/** Names in a body may be left out, and may not be others than those of the URL. */
export function checkName(object: KubeObject, name: string): void {
  const given = object.metadata.name ?? '';
  if (given === '' || given === name) return;
  throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
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
