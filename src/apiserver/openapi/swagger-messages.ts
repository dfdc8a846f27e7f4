export type SwaggerMessageName =
  | 'Document'
  | 'Info'
  | 'PathItem'
  | 'Operation'
  | 'BodyParameter'
  | 'PathParameter'
  | 'QueryParameter'
  | 'Response'
  | 'Schema';

/** Messages that wrap a map or a choice; the JSON form does without them. */
export type SwaggerWrapper =
  | 'Paths'
  | 'Parameters'
  | 'Responses'
  | 'SchemaItem'
  /** Of `Definitions` and of `Properties`. */
  | 'NamedSchemas'
  | 'AdditionalProperties'
  | 'Type'
  | 'Items'
  | 'Schemas'
  /** Any value, as the text of a JSON document. */
  | 'Any'
  | 'Anys';

export type SwaggerField = 'string' | 'strings' | 'bool' | 'int64' | 'double' | SwaggerMessageName | SwaggerWrapper;

export interface SwaggerMessage {
  /** By the word that the JSON form has for it. */
  readonly fields: Readonly<Record<string, readonly [number: number, type: SwaggerField]>>;
  /** Where `x-` words go. */
  readonly extensions?: number;
}

const COMMON_PARAMETER = {
  required: [1, 'bool'],
  in: [2, 'string'],
  description: [3, 'string'],
  name: [4, 'string'],
} as const;

/**
 * The messages of `openapi.v2.Document` (gnostic's OpenAPIv2.proto) that an API server's document needs, by their field
 * numbers. Messages that
 * only wrap a map or a choice are in `swagger-protobuf.ts`.
 */
export const SWAGGER_MESSAGES: Readonly<Record<SwaggerMessageName, SwaggerMessage>> = {
  Document: {
    fields: { swagger: [1, 'string'], info: [2, 'Info'], paths: [8, 'Paths'], definitions: [9, 'NamedSchemas'] },
    extensions: 16,
  },
  Info: { fields: { title: [1, 'string'], version: [2, 'string'], description: [3, 'string'] }, extensions: 7 },
  PathItem: {
    fields: {
      get: [2, 'Operation'],
      put: [3, 'Operation'],
      post: [4, 'Operation'],
      delete: [5, 'Operation'],
      head: [7, 'Operation'],
      patch: [8, 'Operation'],
      parameters: [9, 'Parameters'],
    },
    extensions: 10,
  },
  Operation: {
    fields: {
      tags: [1, 'strings'],
      description: [3, 'string'],
      operationId: [5, 'string'],
      produces: [6, 'strings'],
      consumes: [7, 'strings'],
      parameters: [8, 'Parameters'],
      responses: [9, 'Responses'],
    },
    extensions: 13,
  },
  BodyParameter: {
    fields: {
      description: [1, 'string'],
      name: [2, 'string'],
      in: [3, 'string'],
      required: [4, 'bool'],
      schema: [5, 'Schema'],
    },
    extensions: 6,
  },
  PathParameter: {
    fields: { ...COMMON_PARAMETER, type: [5, 'string'], format: [6, 'string'], uniqueItems: [19, 'bool'] },
  },
  QueryParameter: {
    fields: { ...COMMON_PARAMETER, type: [6, 'string'], format: [7, 'string'], uniqueItems: [20, 'bool'] },
  },
  Response: { fields: { description: [1, 'string'], schema: [2, 'SchemaItem'] }, extensions: 5 },
  Schema: {
    fields: {
      $ref: [1, 'string'],
      format: [2, 'string'],
      title: [3, 'string'],
      description: [4, 'string'],
      default: [5, 'Any'],
      multipleOf: [6, 'double'],
      maximum: [7, 'double'],
      exclusiveMaximum: [8, 'bool'],
      minimum: [9, 'double'],
      exclusiveMinimum: [10, 'bool'],
      maxLength: [11, 'int64'],
      minLength: [12, 'int64'],
      pattern: [13, 'string'],
      maxItems: [14, 'int64'],
      minItems: [15, 'int64'],
      uniqueItems: [16, 'bool'],
      maxProperties: [17, 'int64'],
      minProperties: [18, 'int64'],
      required: [19, 'strings'],
      enum: [20, 'Anys'],
      additionalProperties: [21, 'AdditionalProperties'],
      type: [22, 'Type'],
      items: [23, 'Items'],
      allOf: [24, 'Schemas'],
      properties: [25, 'NamedSchemas'],
      example: [30, 'Any'],
    },
    extensions: 31,
  },
};
