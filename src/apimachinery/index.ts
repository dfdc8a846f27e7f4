export type {
  JsonObject,
  JsonValue,
  KubeObject,
  ListMeta,
  ManagedFieldsEntry,
  ObjectKey,
  ObjectList,
  ObjectMeta,
  OwnerReference,
} from './meta.ts';
export { compareVersions } from './api-version-order.ts';
export { apiVersionOf, groupResource, type Resource } from './resource.ts';
export type { FieldSchema, FieldType, TypeSchema, TypeTable } from './schema.ts';
export {
  duplicate,
  forbiddenField,
  invalidValue,
  notFoundValue,
  notSupported,
  notSupportedAmong,
  required,
  tooLong,
  tooMany,
  type FieldError,
} from './field-error.ts';
export {
  alreadyExists,
  badRequest,
  conflict,
  expired,
  forbidden,
  internalError,
  invalid,
  isAlreadyExists,
  isConflict,
  isExpired,
  isNamespaceTerminating,
  isNotFound,
  isResourceVersionTooLarge,
  isStatusError,
  notFound,
  serviceUnavailable,
  statusError,
  StatusError,
  tooManyRequests,
  unauthorized,
  type Status,
  type SuccessStatus,
  type StatusCause,
  type StatusDetails,
  type StatusReason,
} from './status-error.ts';
export {
  formatSelector,
  labelSelectorOf,
  matchesLabels,
  parseLabelSelector,
  selectorOfLabels,
  type Labels,
  type LabelSelector,
  type Selector,
} from './label-selector.ts';
export type { LabelOperator, LabelRequirement } from './label-selector-parser.ts';
export { matchesFields, parseFieldSelector, type FieldRequirement, type FieldSelector } from './field-selector.ts';
export { applyJsonPatch } from './json-patch.ts';
export { applyMergePatch } from './merge-patch.ts';
export { applyStrategicMergePatch } from './strategic-merge-patch.ts';
export {
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  quantityToMillis,
  quantityToNumber,
  type Quantity,
} from './quantity.ts';
export { ExactInteger, parseJson } from './exact-integer.ts';
export { decodeJson, type Decoded } from './json-decode.ts';
export { decodeYaml } from './yaml-decode.ts';
export { isList, isNumber, isObject, setField, type UnknownObject } from './json.ts';
export {
  allowingPrefix,
  configKeyProblems,
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelKeyProblems,
  labelValueProblems,
  pathSegmentProblems,
  patternProblem,
  portNameProblems,
  rfc1035LabelProblems,
  wildcardSubdomainProblems,
  type NameProblems,
} from './name-validation.ts';
export {
  validateAnnotations,
  validateLabels,
  validateObjectMeta,
  validateObjectMetaUpdate,
  type ObjectMetaRules,
} from './object-meta-validation.ts';
export { generateName } from './generate-name.ts';
export { fnv1, podTemplateHash, stableJson } from './hash.ts';
export { joinKey, keyOf, splitKey } from './object-key.ts';
export { deepEqual } from './deep-equal.ts';
export { deepFreeze } from './freeze.ts';
export { formatMicroTime, formatTime, parseTime } from './time.ts';
export { shortDuration } from './short-duration.ts';
export { controllerOf, controllerReferenceTo, ownerReferenceTo } from './owner-reference.ts';
export { findCondition, isConditionTrue, setCondition, type Condition } from './condition.ts';
export {
  hasFinalizer,
  withAnnotation,
  withFinalizer,
  withLabel,
  withMetadata,
  withoutFinalizer,
} from './metadata-change.ts';
export { resolveIntOrPercent, type IntOrString } from './int-or-percent.ts';
export { loadProtobufCodec, type ProtobufCodec } from './protobuf/protobuf-codec.ts';
export type { TypeNames } from './protobuf/type-names.ts';
export { createSchemaCheck, type Checked, type SchemaCheck } from './schema-check.ts';
export { SchemaMismatch } from './schema-mismatch.ts';
export { applyConfig } from './structured-merge/apply.ts';
export { Change, type FieldFilter, type ObjectVersions } from './structured-merge/change.ts';
export { checkStructure } from './structured-merge/check-structure.ts';
export {
  hasPath,
  isEmptySet,
  onlyTrees,
  setOf,
  union,
  withoutTrees,
  type FieldSet,
} from './structured-merge/field-set.ts';
export { StructureError } from './structured-merge/list-items.ts';
export { mergeObjects } from './structured-merge/merge.ts';
export { ATOMIC, DEDUCED, type MergeField, type MergeType } from './structured-merge/merge-type.ts';
export { ownersAfterUpdate, type Conflict, type Owner, type Owners } from './structured-merge/owners.ts';
export { parseFieldSet } from './structured-merge/parse-field-set.ts';
export { fieldElement, formatPath } from './structured-merge/path-element.ts';
export { createMergeTypes, type MergeTypes } from './structured-merge/table-merge-types.ts';
export { toFieldSet } from './structured-merge/to-field-set.ts';
