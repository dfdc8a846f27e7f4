/**
 * What the generated API tables say of a type: enough to decode protobuf, to check fields strictly, to merge
 * patches and to publish OpenAPI. Facts only; the tables are in the `apis` module and are passed in.
 */
export type FieldType =
  /** Go's string, bool, int32, int64, float64 and []byte (base64 in JSON). */
  | { readonly kind: 'string' | 'boolean' | 'int32' | 'int64' | 'double' | 'bytes' }
  | { readonly kind: 'list'; readonly items: FieldType }
  | { readonly kind: 'map'; readonly values: FieldType }
  /** Another type of the table, by name. */
  | { readonly kind: 'ref'; readonly name: string }
  /** Types with a JSON form of their own. */
  | {
      readonly kind:
        'time' | 'microTime' | 'duration' | 'quantity' | 'intOrString' | 'rawExtension' | 'fieldsV1' | 'json';
    };

export interface FieldSchema {
  /** The JSON name. */
  readonly name: string;
  readonly type: FieldType;
  /** Protobuf field number; 0 where the type has no protobuf form. */
  readonly number: number;
  /** A Go pointer: a zero that was sent is kept. */
  readonly pointer: boolean;
  /** A zero of a field that is neither pointer nor omitempty is written all the same. */
  readonly omitEmpty: boolean;
  /** Its fields stand in the parent's JSON object (Go's `json:",inline"`). */
  readonly inline: boolean;
  /** Key of a strategic-merge list of objects; empty string for a list of primitives merged as a set. */
  readonly patchMergeKey?: string;
  readonly patchStrategies?: readonly ('merge' | 'replace' | 'retainKeys')[];
  readonly listType?: 'atomic' | 'set' | 'map';
  readonly listMapKeys?: readonly string[];
  readonly mapType?: 'atomic' | 'granular';
  /** What an absent field means; of a list's key field it also completes the key (`protocol` is TCP). */
  readonly default?: string | number | boolean;
  readonly required: boolean;
}

export interface TypeSchema {
  /** Such as `k8s.io/api/core/v1.Pod`. */
  readonly name: string;
  readonly fields: readonly FieldSchema[];
  readonly mapType?: 'atomic' | 'granular';
}

/** Look-up of types by name. Implementations decode their compact data lazily, a type at a time. */
export interface TypeTable {
  get(name: string): TypeSchema | undefined;
}
