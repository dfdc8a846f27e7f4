import {
  createSchemaCheck,
  SchemaMismatch,
  withMetadata,
  type KubeObject,
  type SchemaCheck,
  type StatusError,
  type TypeTable,
} from '../../apimachinery/index.ts';
import type { ReadContent, ResourceDefinition } from '../resource-definition.ts';
import { asObject, cannotBeHandled, type ExpectedKind } from './object.ts';

/** What to do about fields that a kind does not have, and about fields that stand twice. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** What a body must be, and how it is read. */
export type DecodedKind = ExpectedKind & Pick<ResourceDefinition, 'schema' | 'readContent'>;

export interface DecodeOptions {
  readonly expected: DecodedKind;
  readonly fieldValidation: FieldValidation;
  /** Paths of fields that stood twice in the body. */
  readonly duplicates: readonly string[];
  readonly warn: (text: string) => void;
  /** How to refuse a value that does not fit the kind; 400 when absent. */
  readonly refusal?: (why: string) => StatusError;
}

const OBJECT_META = 'k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta';

/** Makes objects of what came in a body or out of a patch. */
export class Decoder {
  readonly #types: TypeTable;
  readonly #check: SchemaCheck;

  constructor(types: TypeTable) {
    this.#types = types;
    this.#check = createSchemaCheck(types);
  }

  decode(value: unknown, options: DecodeOptions): KubeObject {
    const { expected, fieldValidation, duplicates, warn } = options;
    const { object, unknownFields } = this.#read(asObject(value, expected), options);
    const problems = [
      ...duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`),
      ...unknownFields.map((path) => `unknown field ${JSON.stringify(path)}`),
    ];
    if (problems.length > 0 && fieldValidation === 'Strict') {
      throw refusalOf(options, `strict decoding error: ${problems.join(', ')}`);
    }
    if (fieldValidation === 'Warn') for (const problem of problems) warn(problem);
    return object;
  }

  #read(object: KubeObject, options: DecodeOptions): ReadContent {
    const { expected } = options;
    try {
      return this.#types.get(expected.schema) === undefined
        ? this.#readMetadata(object, expected)
        : this.#readAll(object, expected);
    } catch (err) {
      if (err instanceof SchemaMismatch) throw refusalOf(options, err.message);
      throw err;
    }
  }

  #readAll(object: KubeObject, expected: DecodedKind): ReadContent {
    const { value, unknownFields } = this.#check({ ...object }, expected.schema);
    return { object: asObject(value, expected), unknownFields };
  }

  /** Of a kind that is in no table only the metadata is known; what else it has it reads itself. */
  #readMetadata(object: KubeObject, { readContent }: DecodedKind): ReadContent {
    const { value, unknownFields } = this.#check({ ...object.metadata }, OBJECT_META);
    const known = withMetadata({ ...object, metadata: {} }, value);
    const content = readContent?.(known) ?? { object: known, unknownFields: [] };
    return {
      object: content.object,
      unknownFields: [...unknownFields.map((path) => `metadata.${path}`), ...content.unknownFields],
    };
  }
}

function refusalOf({ expected, refusal }: DecodeOptions, why: string): StatusError {
  return refusal?.(why) ?? cannotBeHandled(expected, why);
}
