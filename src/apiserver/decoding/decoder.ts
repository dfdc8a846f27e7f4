import { withMetadata, type KubeObject, type TypeTable } from '../../apimachinery/index.ts';
import { asObject, cannotBeHandled, type ExpectedKind } from './object.ts';
import { SchemaWalk, TypeMismatch } from './schema-walk.ts';

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

/** Makes objects of what came in a body or out of a patch. */
export class Decoder {
  readonly #walk: SchemaWalk;

  constructor(types: TypeTable) {
    this.#walk = new SchemaWalk(types);
  }

  decode(value: unknown, { expected, fieldValidation, duplicates, warn }: DecodeOptions): KubeObject {
    const object = asObject(value, expected);
    const problems = duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`);
    const read = this.#read(object, expected, (path) => problems.push(`unknown field ${JSON.stringify(path)}`));
    if (problems.length > 0 && fieldValidation === 'Strict') {
      throw cannotBeHandled(expected, `strict decoding error: ${problems.join(', ')}`);
    }
    if (fieldValidation === 'Warn') for (const problem of problems) warn(problem);
    return read;
  }

  #read(object: KubeObject, expected: DecodeOptions['expected'], unknown: (path: string) => void): KubeObject {
    try {
      if (!this.#walk.has(expected.schema)) {
        const metadata = this.#walk.read({ ...object.metadata }, OBJECT_META, (path) => {
          unknown(`metadata.${path}`);
        });
        return withMetadata({ ...object, metadata: {} }, metadata);
      }
      const read = this.#walk.read({ ...object }, expected.schema, unknown);
      return asObject(read, expected);
    } catch (err) {
      if (err instanceof TypeMismatch) throw cannotBeHandled(expected, err.message);
      throw err;
    }
  }
}
