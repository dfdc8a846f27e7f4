import type { CelType } from '../cel-type.ts';

/** What `type(x)` gives and what `int` alone means. Types are the same when their names are. */
export class TypeValue {
  readonly celType: CelType;
  readonly name: string;

  constructor(type: CelType) {
    this.celType = { kind: 'type', of: type };
    this.name = typeName(type);
  }
}

/** Without parameters: what the type of a value is at run time. */
export function typeName(type: CelType): string {
  switch (type.kind) {
    case 'object':
    case 'opaque':
    case 'parameter':
      return type.name;
    case 'timestamp':
      return 'google.protobuf.Timestamp';
    case 'duration':
      return 'google.protobuf.Duration';
    case 'null':
      return 'null_type';
    default:
      return type.kind;
  }
}
