import type { FieldType, TypeSchema, TypeTable } from '../../../apimachinery/index.ts';

const text: FieldType = { kind: 'string' };
const flag: FieldType = { kind: 'boolean' };
const one = (name: string): FieldType => ({ kind: 'ref', name });
const many = (items: FieldType): FieldType => ({ kind: 'list', items });

/** The name of the type that a whole file is of. */
export const CONFIGURATION_TYPE = 'AuthenticationConfiguration';

const FIELDS: Readonly<Record<string, Readonly<Record<string, FieldType>>>> = {
  [CONFIGURATION_TYPE]: {
    apiVersion: text,
    kind: text,
    jwt: many(one('JWTAuthenticator')),
    anonymous: one('AnonymousAuthConfig'),
  },
  AnonymousAuthConfig: { enabled: flag, conditions: many(one('AnonymousAuthCondition')) },
  AnonymousAuthCondition: { path: text },
  JWTAuthenticator: {
    issuer: one('Issuer'),
    claimValidationRules: many(one('ClaimValidationRule')),
    claimMappings: one('ClaimMappings'),
    userValidationRules: many(one('UserValidationRule')),
  },
  Issuer: {
    url: text,
    discoveryURL: text,
    certificateAuthority: text,
    audiences: many(text),
    audienceMatchPolicy: text,
    egressSelectorType: text,
  },
  ClaimValidationRule: { claim: text, requiredValue: text, expression: text, message: text },
  ClaimMappings: {
    username: one('PrefixedClaimOrExpression'),
    groups: one('PrefixedClaimOrExpression'),
    uid: one('ClaimOrExpression'),
    extra: many(one('ExtraMapping')),
  },
  PrefixedClaimOrExpression: { claim: text, prefix: text, expression: text },
  ClaimOrExpression: { claim: text, expression: text },
  ExtraMapping: { key: text, valueExpression: text },
  UserValidationRule: { expression: text, message: text },
};

function schemaOf(name: string): TypeSchema | undefined {
  const fields = FIELDS[name];
  if (fields === undefined) return undefined;
  // An empty prefix is one that was given.
  const common = { number: 0, pointer: true, omitEmpty: true, inline: false, required: false };
  return { name, fields: Object.entries(fields).map(([field, type]) => ({ ...common, name: field, type })) };
}

/** The fields of an `AuthenticationConfiguration`, for strict reading. */
export const configurationTypes: TypeTable = { get: schemaOf };
