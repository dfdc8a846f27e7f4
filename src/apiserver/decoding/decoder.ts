import {
  createSchemaCheck,
  SchemaMismatch,
  withMetadata,
  type KubeObject,
  type SchemaCheck,
  type TypeTable,
} from '../../apimachinery/index.ts';
import { asObject, cannotBeHandled, type ExpectedKind } from './object.ts';

/** What to do about fields that a kind does not have, and about fields that stand twice. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

export interface DecodeOptions {
  readonly expected: ExpectedKind & { readonly schema: string };
  readonly fieldValidation: FieldValidation;
  /** Paths of fields that stood twice in the body. */
  readonly duplicates: readonly string[];
  readonly warn: (text: string) => void;
}

const OBJECT_META = 'k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta';

interface Read {
  readonly object: KubeObject;
  readonly unknownFields: readonly string[];
}

/** Makes objects of what came in a body or out of a patch. */
export class Decoder {
  readonly #types: TypeTable;
  readonly #check: SchemaCheck;

  constructor(types: TypeTable) {
    this.#types = types;
    this.#check = createSchemaCheck(types);
  }

  decode(value: unknown, { expected, fieldValidation, duplicates, warn }: DecodeOptions): KubeObject {
    const { object, unknownFields } = this.#read(asObject(value, expected), expected);
    const problems = [
      ...duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`),
      ...unknownFields.map((path) => `unknown field ${JSON.stringify(path)}`),
    ];
    if (problems.length > 0 && fieldValidation === 'Strict') {
      throw cannotBeHandled(expected, `strict decoding error: ${problems.join(', ')}`);
    }
    if (fieldValidation === 'Warn') for (const problem of problems) warn(problem);
    return object;
  }

  #read(object: KubeObject, expected: DecodeOptions['expected']): Read {
    try {
      return this.#types.get(expected.schema) === undefined
        ? this.#readMetadata(object)
        : this.#readAll(object, expected);
    } catch (err) {
      if (err instanceof SchemaMismatch) throw cannotBeHandled(expected, err.message);
      throw err;
    }
  }

  #readAll(object: KubeObject, expected: DecodeOptions['expected']): Read {
    const { value, unknownFields } = this.#check({ ...object }, expected.schema);
    return { object: asObject(value, expected), unknownFields };
  }

  /** Of a kind that is in no table only the metadata is known. */
  #readMetadata(object: KubeObject): Read {
    const { value, unknownFields } = this.#check({ ...object.metadata }, OBJECT_META);
    return {
      object: withMetadata({ ...object, metadata: {} }, value),
      unknownFields: unknownFields.map((path) => `metadata.${path}`),
    };
  }
}
