import type { UnknownObject } from '../../apimachinery/index.ts';
import type { CelObjectType, CelType } from '../cel-type.ts';
import type { CelValue } from './cel-value.ts';

/** An object with declared fields: JSON read as its type says, or made by the expression. */
export class CelStruct {
  readonly celType: CelObjectType;
  readonly #get: (field: string) => CelValue | undefined;
  /** Whatever JSON there is, known to the type or not; `undefined` for one that was constructed. */
  readonly json: UnknownObject | undefined;
  /** Of a constructed one. */
  readonly fields: ReadonlyMap<string, CelValue> | undefined;

  constructor(
    type: CelObjectType,
    get: (field: string) => CelValue | undefined,
    source: { readonly json?: UnknownObject; readonly fields?: ReadonlyMap<string, CelValue> } = {},
  ) {
    this.celType = type;
    this.#get = get;
    this.json = source.json;
    this.fields = source.fields;
  }

  static constructed(type: CelObjectType, fields: ReadonlyMap<string, CelValue>): CelStruct {
    return new CelStruct(type, (field) => fields.get(field), { fields });
  }

  static ofJson(type: CelObjectType, json: UnknownObject, toValue: FieldReader): CelStruct {
    const get = (name: string): CelValue | undefined => {
      const field = type.field(name);
      return field !== undefined && Object.hasOwn(json, field.name) ? toValue(json[field.name], field.type) : undefined;
    };
    return new CelStruct(type, get, { json });
  }

  /** `undefined` when the field is absent. */
  get(field: string): CelValue | undefined {
    return this.#get(field);
  }
}

type FieldReader = (json: unknown, type: CelType) => CelValue;
