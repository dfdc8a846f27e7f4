import { isList, isObject, type UnknownObject } from '../json.ts';

/** Go structs whose JSON form is one of their fields: what they are on the wire, and what in JSON. */
interface JsonUnion {
  /** From the fields of the message to the JSON value. */
  readonly toJson: (fields: UnknownObject) => unknown;
  readonly fromJson: (value: unknown) => UnknownObject;
}

const PREFIX = 'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOr';

const orList = (list: string): JsonUnion => ({
  toJson: (fields) => {
    const items = fields[list];
    return isList(items) && items.length > 0 ? items : (fields['schema'] ?? null);
  },
  fromJson: (value) => (isList(value) ? { [list]: value } : { schema: value }),
});

const UNIONS: Readonly<Record<string, JsonUnion>> = {
  [`${PREFIX}Array`]: orList('jSONSchemas'),
  [`${PREFIX}StringArray`]: orList('property'),
  [`${PREFIX}Bool`]: {
    toJson: (fields) => fields['schema'] ?? fields['allows'] === true,
    fromJson: (value) => (isObject(value) ? { allows: true, schema: value } : { allows: value }),
  },
};

export function jsonUnion(typeName: string): JsonUnion | undefined {
  return UNIONS[typeName];
}

/** Such a type reads its JSON itself; its fields are those of the protobuf form only. */
export function isJsonUnion(typeName: string): boolean {
  return jsonUnion(typeName) !== undefined;
}
