import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  opaque,
  optionalOf,
  STRING,
  TIMESTAMP,
  UINT,
  type CelType,
} from '../cel-type.ts';

export interface Signature {
  /** Of a member function the receiver comes first. */
  readonly parameters: readonly CelType[];
  readonly result: CelType;
  readonly isMember: boolean;
}

const NAMED: Readonly<Record<string, CelType>> = {
  bool: BOOL,
  int: INT,
  uint: UINT,
  double: DOUBLE,
  string: STRING,
  bytes: BYTES,
  timestamp: TIMESTAMP,
  duration: DURATION,
  null: NULL,
  dyn: DYN,
};

/** `(list(A), int): A`, or with a receiver `string.(int): string`. A capital letter alone is a type parameter. */
export function parseSignature(text: string): Signature {
  const reader = new SignatureReader(text);
  const receiver = reader.peek('(') ? [] : [reader.type()];
  if (receiver.length > 0) reader.take('.');
  const parameters = reader.parameters();
  reader.take(':');
  return { parameters: [...receiver, ...parameters], result: reader.type(), isMember: receiver.length > 0 };
}

class SignatureReader {
  readonly #parts: readonly string[];
  #next = 0;

  constructor(text: string) {
    this.#parts = text.match(/[A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*|[().,:]/g) ?? [];
  }

  peek(part: string): boolean {
    return this.#parts[this.#next] === part;
  }

  take(part: string): void {
    if (!this.peek(part)) throw new TypeError(`signature: expected ${part} in ${this.#parts.join(' ')}`);
    this.#next += 1;
  }

  parameters(): readonly CelType[] {
    this.take('(');
    const types: CelType[] = [];
    while (!this.peek(')')) {
      types.push(this.type());
      if (this.peek(',')) this.take(',');
    }
    this.take(')');
    return types;
  }

  type(): CelType {
    const name = this.#parts[this.#next] ?? '';
    this.#next += 1;
    const known = NAMED[name];
    if (known !== undefined) return known;
    if (/^[A-Z]$/.test(name)) return { kind: 'parameter', name };
    const [first = DYN, second = DYN] = this.peek('(') ? this.parameters() : [];
    switch (name) {
      case 'list':
        return listOf(first);
      case 'map':
        return mapOf(first, second);
      case 'optional':
        return optionalOf(first);
      case 'type':
        return { kind: 'type', of: first };
      default:
        return opaque(name);
    }
  }
}
