export { compileCel } from './compile.ts';
export {
  CEL_LIMITS,
  type CelCompilation,
  type CelCompileOptions,
  type CelEvaluateOptions,
  type CelIssue,
  type CelOutcome,
  type CelProgram,
  type CostRange,
} from './contract.ts';
export {
  BOOL,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  objectOf,
  optionalOf,
  STRING,
  TIMESTAMP,
  type CelField,
  type CelListType,
  type CelObjectType,
  type CelType,
} from './cel-type.ts';
export type { CelValue } from './values/cel-value.ts';
export { celTypeOfSchema, type TypeOfSchemaOptions } from './schema/type-of-schema.ts';
export type { StructuralSchema } from './schema/structural-schema.ts';
export { toJson } from './values/to-json.ts';
export { AuthorizerBook, type Authorize } from './authorizer-book.ts';
export {
  AUTHORIZER_TYPE,
  RESOURCE_CHECK_TYPE,
  type CelAuthorizationCheck,
  type CelAuthorizationDecision,
} from './library/authorization.ts';
export { lazyObject } from './lazy-object.ts';
export { celTypeOfTable } from './schema/type-of-table.ts';
export { selectsField } from './selects-field.ts';
