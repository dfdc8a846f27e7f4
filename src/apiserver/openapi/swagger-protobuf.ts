import protobuf from 'protobufjs/minimal.js';
import { isObject } from '../../apimachinery/index.ts';
import type { JsonSchema } from './json-schema.ts';
import { SWAGGER_MESSAGES, type SwaggerField, type SwaggerMessageName } from './swagger-messages.ts';

type Writer = protobuf.Writer;

const VARINT = 0;
const FIXED_64 = 1;
const DELIMITED = 2;

const tag = (number: number, wireType: number): number => ((number << 3) | wireType) >>> 0;

/** A document in version 2 as gnostic's `openapi.v2.Document`, which is the only form that kubectl before 1.29 reads. */
export function swaggerProtobuf(document: JsonSchema): Buffer {
  const writer = protobuf.Writer.create();
  writeMessage(writer, 'Document', document);
  return Buffer.from(writer.finish());
}

type Write<Value> = (writer: Writer, value: Value) => void;

function writeMessage(writer: Writer, name: SwaggerMessageName, value: JsonSchema): void {
  const { fields, extensions } = SWAGGER_MESSAGES[name];
  for (const [word, content] of Object.entries(value)) {
    const [number, type] = fields[word] ?? [];
    if (number !== undefined && type !== undefined) FIELDS[type](writer, number, content);
    else if (extensions !== undefined && word.startsWith('x-')) {
      writeNamed(writer, extensions, [word, content], writeAny);
    }
  }
}

type WriteField = (writer: Writer, number: number, value: unknown) => void;

const message = (name: SwaggerMessageName): WriteField => nestedField(messageOf(name));

const nestedField =
  (write: Write<unknown>): WriteField =>
  (writer, number, value) => {
    nested(writer, number, () => {
      write(writer, value);
    });
  };

const repeated =
  (field: WriteField): WriteField =>
  (writer, number, value) => {
    for (const item of listOf(value)) field(writer, number, item);
  };

/** A message of nothing but names and what they stand for. */
const named = (number: number, write: Write<unknown>) =>
  nestedField((writer, value) => {
    for (const entry of Object.entries(objectOf(value))) writeNamed(writer, number, entry, write);
  });

const text: WriteField = (writer, number, value) => {
  writer.uint32(tag(number, DELIMITED)).string(String(value));
};

const wrappedSchema = nestedField((writer, value) => {
  message('Schema')(writer, 1, value);
});

const FIELDS: Readonly<Record<SwaggerField, WriteField>> = {
  string: text,
  strings: repeated(text),
  bool: (writer, number, value) => {
    writer.uint32(tag(number, VARINT)).bool(value === true);
  },
  int64: (writer, number, value) => {
    writer.uint32(tag(number, VARINT)).int64(Number(value));
  },
  double: (writer, number, value) => {
    writer.uint32(tag(number, FIXED_64)).double(Number(value));
  },
  Document: message('Document'),
  Info: message('Info'),
  PathItem: message('PathItem'),
  Operation: message('Operation'),
  BodyParameter: message('BodyParameter'),
  PathParameter: message('PathParameter'),
  QueryParameter: message('QueryParameter'),
  Response: message('Response'),
  Schema: message('Schema'),
  Schemas: repeated(message('Schema')),
  SchemaItem: wrappedSchema,
  Items: wrappedSchema,
  NamedSchemas: named(1, messageOf('Schema')),
  Paths: named(2, messageOf('PathItem')),
  Responses: named(1, (writer, value) => {
    message('Response')(writer, 1, value);
  }),
  Parameters: repeated(nestedField(writeParameter)),
  AdditionalProperties: nestedField((writer, value) => {
    if (typeof value === 'boolean') FIELDS.bool(writer, 2, value);
    else message('Schema')(writer, 1, value);
  }),
  Type: nestedField((writer, value) => {
    text(writer, 1, value);
  }),
  Any: nestedField(writeAny),
  Anys: repeated(nestedField(writeAny)),
};

function messageOf(name: SwaggerMessageName): Write<unknown> {
  return (writer, value) => {
    writeMessage(writer, name, objectOf(value));
  };
}

/** `ParametersItem`, which holds a choice in a choice in a choice. */
function writeParameter(writer: Writer, value: unknown): void {
  const parameter = objectOf(value);
  nested(writer, 1, () => {
    if (parameter['in'] === 'body') {
      message('BodyParameter')(writer, 1, parameter);
      return;
    }
    nested(writer, 2, () => {
      if (parameter['in'] === 'path') message('PathParameter')(writer, 4, parameter);
      else message('QueryParameter')(writer, 3, parameter);
    });
  });
}

function writeNamed(
  writer: Writer,
  number: number,
  [name, value]: readonly [string, unknown],
  write: Write<unknown>,
): void {
  nested(writer, number, () => {
    text(writer, 1, name);
    nestedField(write)(writer, 2, value);
  });
}

/** Its readers take the text for YAML, of which JSON is a part. */
function writeAny(writer: Writer, value: unknown): void {
  writer.uint32(tag(2, DELIMITED)).string(JSON.stringify(value));
}

function nested(writer: Writer, number: number, write: () => void): void {
  writer.uint32(tag(number, DELIMITED)).fork();
  write();
  writer.ldelim();
}

function objectOf(value: unknown): JsonSchema {
  if (!isObject(value)) throw new TypeError('an object was expected');
  return value;
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('a list was expected');
  return value;
}
