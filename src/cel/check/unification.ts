import type { CelType } from '../cel-type.ts';

/** What type parameters stand for, as far as one expression has shown. */
export class Unification {
  readonly #bound = new Map<string, CelType>();
  #fresh = 0;

  /** A parameter that nothing is known of yet. */
  fresh(): CelType {
    this.#fresh += 1;
    return { kind: 'parameter', name: `%${this.#fresh}` };
  }

  /** A signature's types with parameters of their own, so that two calls do not share them. */
  instantiate(types: readonly CelType[]): readonly CelType[] {
    const own = new Map<string, CelType>();
    return types.map((type) => this.#rename(type, own));
  }

  /** Whether values of these types can be passed where those are expected. Binds parameters only if all fit. */
  assignAll(from: readonly CelType[], to: readonly CelType[]): boolean {
    const before = new Map(this.#bound);
    if (from.every((type, index) => this.#assign(type, to[index] ?? type))) return true;
    this.#bound.clear();
    for (const [name, type] of before) this.#bound.set(name, type);
    return false;
  }

  assign(from: CelType, to: CelType): boolean {
    return this.assignAll([from], [to]);
  }

  /** With every known parameter replaced; one that stayed unknown is dyn. */
  resolve(type: CelType): CelType {
    const settled = this.#settled(type);
    switch (settled.kind) {
      case 'parameter':
        return { kind: 'dyn' };
      case 'list':
        return withParts(settled, this.resolve(settled.items), undefined);
      case 'map':
        return withParts(settled, this.resolve(settled.keys), this.resolve(settled.values));
      case 'opaque':
        return settled.parameters.length === 0
          ? settled
          : { ...settled, parameters: settled.parameters.map((part) => this.resolve(part)) };
      default:
        return settled;
    }
  }

  /** Follows bindings at the top only. */
  settled(type: CelType): CelType {
    return this.#settled(type);
  }

  #settled(type: CelType): CelType {
    let current = type;
    while (current.kind === 'parameter') {
      const next = this.#bound.get(current.name);
      if (next === undefined) return current;
      current = next;
    }
    return current;
  }

  #assign(from: CelType, to: CelType): boolean {
    const [left, right] = [this.#settled(from), this.#settled(to)];
    if (left === right) return true;
    if (right.kind === 'parameter') return this.#bind(right.name, left);
    if (left.kind === 'parameter') return this.#bind(left.name, right);
    if (left.kind === 'dyn' || right.kind === 'dyn') return true;
    if (left.kind === 'null' || right.kind === 'null') return acceptsNull(left.kind === 'null' ? right : left);
    return left.kind === right.kind && this.#assignParts(left, right);
  }

  #assignParts(left: CelType, right: CelType): boolean {
    if (left.kind === 'list' && right.kind === 'list') return this.#assign(left.items, right.items);
    if (left.kind === 'map' && right.kind === 'map') {
      return this.#assign(left.keys, right.keys) && this.#assign(left.values, right.values);
    }
    if (left.kind === 'object' && right.kind === 'object') return left.name === right.name;
    if (left.kind === 'opaque' && right.kind === 'opaque') {
      return (
        left.name === right.name &&
        left.parameters.every((part, index) => this.#assign(part, right.parameters[index] ?? part))
      );
    }
    return true;
  }

  #bind(name: string, type: CelType): boolean {
    if (type.kind === 'parameter' && type.name === name) return true;
    if (this.#occurs(name, type)) return false;
    this.#bound.set(name, type);
    return true;
  }

  #occurs(name: string, type: CelType): boolean {
    const settled = this.#settled(type);
    switch (settled.kind) {
      case 'parameter':
        return settled.name === name;
      case 'list':
        return this.#occurs(name, settled.items);
      case 'map':
        return this.#occurs(name, settled.keys) || this.#occurs(name, settled.values);
      case 'opaque':
        return settled.parameters.some((part) => this.#occurs(name, part));
      default:
        return false;
    }
  }

  #rename(type: CelType, own: Map<string, CelType>): CelType {
    switch (type.kind) {
      case 'parameter': {
        const known = own.get(type.name) ?? this.fresh();
        own.set(type.name, known);
        return known;
      }
      case 'list':
        return { ...type, items: this.#rename(type.items, own) };
      case 'map':
        return { ...type, keys: this.#rename(type.keys, own), values: this.#rename(type.values, own) };
      case 'opaque':
        return { ...type, parameters: type.parameters.map((part) => this.#rename(part, own)) };
      case 'type':
        return { ...type, of: this.#rename(type.of, own) };
      default:
        return type;
    }
  }
}

/** The same object when nothing changed: bounds and identity are kept. */
function withParts(type: CelType, first: CelType, second: CelType | undefined): CelType {
  if (type.kind === 'list') return type.items === first ? type : { ...type, items: first };
  if (type.kind !== 'map' || second === undefined) return type;
  return type.keys === first && type.values === second ? type : { ...type, keys: first, values: second };
}

function acceptsNull(type: CelType): boolean {
  return ['null', 'object', 'opaque', 'timestamp', 'duration'].includes(type.kind);
}
