import { NOT_WIRE, PACKAGES, SPECIAL, type GoPackage } from './generate-api-tables-packages.ts';
import { parseGoPackage, type GoField, type GoSource } from './generate-api-tables-parse.ts';

/** A field with everything known that the tables and the TypeScript types need. */
export interface Field {
  /** Empty when inline. */
  readonly name: string;
  /** `[` list of, `{` map of, a letter for a scalar or special type, or `alias.Name`. */
  readonly type: string;
  readonly number: number;
  readonly pointer: boolean;
  readonly omitEmpty: boolean;
  readonly inline: boolean;
  readonly required: boolean;
  readonly markers: GoField['markers'];
  readonly patchStrategies: string;
  readonly patchMergeKey: string | undefined;
}

export interface WireType {
  readonly package: GoPackage;
  readonly name: string;
  /** It has `apiVersion` and `kind`. */
  readonly typeMeta: boolean;
  readonly atomic: boolean;
  readonly fields: readonly Field[];
}

const SCALARS: Readonly<Record<string, string>> = {
  string: 's',
  bool: 'b',
  int32: 'i',
  int64: 'l',
  float64: 'd',
  '[]byte': 'y',
  'interface{}': 'J',
};

/** All types of this package are names of `string`. */
const STRINGS_ONLY = 'k8s.io/apimachinery/pkg/types';

/** A `[]string` that stands in a message of its own on the wire; only discovery documents have it. */
const LIST_IN_A_MESSAGE = 'Verbs';

export class Resolver {
  readonly #sources: ReadonlyMap<string, GoSource>;

  constructor(root: string) {
    this.#sources = new Map(PACKAGES.map(({ path }) => [path, parseGoPackage(root, path)]));
  }

  types(): readonly WireType[] {
    return PACKAGES.flatMap((goPackage) => {
      const source = this.#source(goPackage.path);
      return [...source.types].flatMap(([name, type]) => {
        if (type.kind !== 'struct' || NOT_WIRE.has(`${goPackage.path}.${name}`)) return [];
        return [
          {
            package: goPackage,
            name,
            typeMeta: type.fields.some(isTypeMeta),
            atomic: type.markers['structType']?.includes('atomic') === true,
            fields: type.fields.filter((field) => !isTypeMeta(field)).flatMap((field) => this.#field(field, goPackage)),
          },
        ];
      });
    });
  }

  #source(path: string): GoSource {
    const source = this.#sources.get(path);
    if (source === undefined) throw new Error(`package ${path} is not read`);
    return source;
  }

  #field(field: GoField, goPackage: GoPackage): readonly Field[] {
    const { name, inline, omitEmpty, omitZero, protoName, number } = tagsOf(field);
    if (name === '-') return [];
    const pointer = field.type.startsWith('*');
    const goType = pointer ? field.type.slice(1) : field.type;
    const type = this.#type(goType, goPackage.path);
    const hasNoNumber = goType === LIST_IN_A_MESSAGE && goPackage.alias === 'meta';
    return [
      {
        name: inline ? '' : name || protoName,
        type,
        number: hasNoNumber ? 0 : number,
        pointer,
        omitEmpty: omitZero || (omitEmpty && (pointer || !isStruct(type))),
        inline,
        required: !inline && isRequired(field, omitEmpty),
        markers: field.markers,
        ...patchTagsOf(field),
      },
    ];
  }

  /** The import path and name of a Go type name as written in `path`. */
  #qualified(type: string, path: string): string {
    const [first = '', second] = type.split('.');
    if (second === undefined) return `${path}.${first}`;
    const imported = this.#source(path).imports.get(first);
    if (imported === undefined) throw new Error(`${path}: nothing is imported as ${first}`);
    return `${imported}.${second}`;
  }

  #type(type: string, path: string): string {
    const scalar = SCALARS[type];
    if (scalar !== undefined) return scalar;
    if (type.startsWith('[]')) return `[${this.#type(type.slice(2), path)}`;
    const [, key, value] = /^map\[([\w.]+)\](.+)$/.exec(type) ?? [];
    if (key !== undefined && value !== undefined) {
      if (this.#type(key, path) !== 's') throw new Error(`${path}: keys of ${type} are not strings`);
      return `{${this.#type(value, path)}`;
    }
    return this.#named(this.#qualified(type, path));
  }

  #named(qualified: string): string {
    const special = SPECIAL[qualified];
    if (special !== undefined) return special;
    const dot = qualified.lastIndexOf('.');
    const path = qualified.slice(0, dot);
    if (path === STRINGS_ONLY) return 's';
    const name = qualified.slice(dot + 1);
    const type = this.#source(path).types.get(name);
    if (type === undefined) throw new Error(`${qualified} is not declared`);
    if (type.kind === 'named') return this.#type(type.underlying, path);
    const alias = PACKAGES.find((goPackage) => goPackage.path === path)?.alias ?? '';
    return `${alias}.${name}`;
  }
}

const marked = (field: GoField, marker: string) => field.markers[marker] !== undefined;

function isRequired(field: GoField, omitEmpty: boolean): boolean {
  return marked(field, 'required') || !(omitEmpty || marked(field, 'optional'));
}

function tagsOf({ name, tags }: GoField) {
  const [jsonName = '', ...options] = (tags['json'] ?? '').split(',');
  const protobuf = tags['protobuf'] ?? '';
  return {
    name: jsonName,
    inline: options.includes('inline'),
    omitEmpty: options.includes('omitempty'),
    omitZero: options.includes('omitzero'),
    number: Number(/^\w+,(\d+)/.exec(protobuf)?.[1] ?? 0),
    protoName: /,name=(\w+)/.exec(protobuf)?.[1] ?? name,
  };
}

function patchTagsOf({ tags }: GoField) {
  return { patchStrategies: tags['patchStrategy'] ?? '', patchMergeKey: tags['patchMergeKey'] };
}

function isTypeMeta(field: GoField): boolean {
  return field.name === '' && /(^|\.)TypeMeta$/.test(field.type);
}

/** Go never takes a struct for empty, so `omitempty` does not drop it. */
function isStruct(type: string): boolean {
  return type.length > 1 ? !/^[[{]/.test(type) : 'TMQIRFJ'.includes(type);
}
