import type { CelType } from '../cel-type.ts';

/** What names stand for: those that comprehensions bring, the innermost first, before the variables of all. */
export class Scopes {
  /** The variables of all that were asked for. */
  readonly reads = new Set<string>();
  readonly #variables: Readonly<Record<string, CelType>>;
  readonly #local: ReadonlyMap<string, CelType>[] = [];

  constructor(variables: Readonly<Record<string, CelType>>) {
    this.#variables = variables;
  }

  variable(name: string): CelType | undefined {
    const local = this.#local.findLast((scope) => scope.has(name))?.get(name);
    if (local !== undefined) return local;
    if (!Object.hasOwn(this.#variables, name)) return undefined;
    this.reads.add(name);
    return this.#variables[name];
  }

  has(name: string): boolean {
    return this.isLocal(name) || Object.hasOwn(this.#variables, name);
  }

  isLocal(name: string): boolean {
    return this.#local.some((scope) => scope.has(name));
  }

  push(scope: ReadonlyMap<string, CelType>): void {
    this.#local.push(scope);
  }

  pop(): void {
    this.#local.pop();
  }
}
