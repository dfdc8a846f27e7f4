import { isList, isObject } from '../apimachinery/index.ts';

/** The values that a path leads to, in their order; none where it leads nowhere. */
export type JsonPath = (root: unknown) => readonly unknown[];

type Step = (value: unknown) => readonly unknown[];

/**
 * Reads a path as kubectl's JSONPath has them: `.spec.x`, `['a.b']`, `[0]`, `[-1]`, `[1:3]`, `[*]`, `..name`, and
 * filters such as `[?(@.type=="Ready")]`. Throws a `SyntaxError` for what is no path.
 */
export function parseJsonPath(text: string): JsonPath {
  const steps = new PathParser(text).steps();
  return (root) => follow(root, steps);
}

/** A path of names alone, such as `.spec.replicas`; `undefined` for any other. */
export function parseSimplePath(text: string): readonly string[] | undefined {
  const names: string[] = [];
  const name = /\.((?:\\.|[^.[\\])+)|\['([^']+)'\]/y;
  while (name.lastIndex < text.length) {
    const [, dotted, quoted] = name.exec(text) ?? [];
    const found = quoted ?? dotted?.replaceAll(/\\(.)/g, '$1');
    if (found === undefined) return undefined;
    names.push(found);
  }
  return names.length === 0 ? undefined : names;
}

export function valueAt(root: unknown, names: readonly string[]): unknown {
  let value = root;
  for (const name of names) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

function follow(root: unknown, steps: readonly Step[]): readonly unknown[] {
  return steps.reduce<readonly unknown[]>((values, step) => values.flatMap(step), [root]);
}

const NAME = /(?:\\.|[\w$-])+/y;
const INDEX = /\s*(-?\d+)?\s*(:)?\s*(-?\d+)?\s*(?::\s*(-?\d+)\s*)?\]/y;
const QUOTED = /\s*(?:'((?:\\.|[^'])*)'|"((?:\\.|[^"])*)")\s*\]/y;
const FILTER =
  /\?\(\s*(@[^=!<>\s)]*|'[^']*'|"[^"]*")\s*(?:(==|!=|<=|>=|<|>)\s*("[^"]*"|'[^']*'|@[^\s)]*|[^\s)"']+)\s*)?\)\s*\]/y;

class PathParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.replace(/^\{(.*)\}$/, '$1').replace(/^[$@]/, '');
  }

  steps(): readonly Step[] {
    const steps: Step[] = [];
    while (this.#at < this.#text.length) steps.push(this.#step());
    return steps;
  }

  #step(): Step {
    if (this.#take('..')) return recursively(this.#field());
    if (this.#take('.')) {
      if (this.#text[this.#at] === '[') return this.#step();
      return this.#field();
    }
    if (this.#take('[')) return this.#bracket();
    throw this.#wrong();
  }

  #field(): Step {
    if (this.#take('*')) return everything;
    const [name] = this.#match(NAME) ?? [];
    if (name === undefined) {
      if (this.#take('[')) return this.#bracket();
      throw this.#wrong();
    }
    return field(name.replaceAll(/\\(.)/g, '$1'));
  }

  #bracket(): Step {
    if (this.#take('*]')) return everything;
    const quoted = this.#match(QUOTED);
    if (quoted !== undefined) return field((quoted[1] ?? quoted[2] ?? '').replaceAll(/\\(.)/g, '$1'));
    const filtered = this.#match(FILTER);
    if (filtered !== undefined) return filter(filtered[1] ?? '', filtered[2], filtered[3]);
    const index = this.#match(INDEX);
    if (index === undefined || (index[1] === undefined && index[2] === undefined)) throw this.#wrong();
    return index[2] === undefined ? item(Number(index[1])) : slice(index[1], index[3], index[4]);
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    const sticky = new RegExp(pattern);
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#text) ?? undefined;
    if (match !== undefined) this.#at = sticky.lastIndex;
    return match;
  }

  #wrong(): SyntaxError {
    return new SyntaxError(`unrecognized character in path at ${JSON.stringify(this.#text.slice(this.#at))}`);
  }
}

const field =
  (name: string): Step =>
  (value) =>
    isObject(value) && Object.hasOwn(value, name) ? [value[name]] : [];

const everything: Step = (value) => {
  if (isList(value)) return value;
  return isObject(value) ? Object.values(value) : [];
};

const item =
  (index: number): Step =>
  (value) =>
    isList(value) && value.at(index) !== undefined ? [value.at(index)] : [];

function slice(from: string | undefined, to: string | undefined, step: string | undefined): Step {
  const every = Math.max(Number(step ?? 1), 1);
  return (value) => {
    if (!isList(value)) return [];
    return value.slice(Number(from ?? 0), to === undefined ? undefined : Number(to)).filter((_, i) => i % every === 0);
  };
}

function recursively(step: Step): Step {
  const walk: Step = (value) => [...step(value), ...everything(value).flatMap(walk)];
  return walk;
}

function filter(left: string, operator: string | undefined, right: string | undefined): Step {
  const subject = operand(left);
  const other = right === undefined ? undefined : operand(right);
  return (value) =>
    everything(value).filter((candidate) => {
      const [found] = subject(candidate);
      if (operator === undefined || other === undefined) return found !== undefined;
      const [wanted] = other(candidate);
      return found !== undefined && compare(found, operator, wanted);
    });
}

function operand(text: string): JsonPath {
  if (text.startsWith('@')) return parseJsonPath(text);
  const quoted = /^(["'])(.*)\1$/.exec(text)?.[2];
  if (quoted !== undefined) return () => [quoted];
  if (text === 'true' || text === 'false') return () => [text === 'true'];
  const number = Number(text);
  return () => [Number.isNaN(number) ? text : number];
}

function compare(a: unknown, operator: string, b: unknown): boolean {
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    default:
      return isOrdered(a, operator, b);
  }
}

function isOrdered(a: unknown, operator: string, b: unknown): boolean {
  const comparable =
    (typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string');
  if (!comparable) return false;
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    default:
      return a >= b;
  }
}
