import { hash } from 'node:crypto';
import { isList, isObject, type KubeObject } from '../apimachinery/index.ts';

/** What is smaller is not worth an entry. */
const WORTH_SHARING = 64;

/**
 * Gives equal parts of many objects as one: a hundred clusters that have the same spec need not have it a hundred times
 * in one memory. What is kept here is kept only as long as somebody else keeps it.
 */
export class SharedParts {
  readonly #parts = new Map<string, WeakRef<object>>();
  readonly #gone = new FinalizationRegistry<string>((mark) => {
    if (this.#parts.get(mark)?.deref() === undefined) this.#parts.delete(mark);
  });

  /** How many different ones there are. */
  get size(): number {
    return this.#parts.size;
  }

  /** The object with every field shared that may be equal elsewhere, its labels, annotations and finalizers too. */
  object<T extends KubeObject>(object: T): T {
    const { metadata, ...content } = object;
    // @NOTE the same fields with equal values.
    return { ...this.#fields(content), metadata: this.#fields(metadata) } as T;
  }

  #fields(object: object): object {
    return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, this.#part(value)]));
  }

  #part(value: unknown): unknown {
    if (!isObject(value) && !isList(value)) return value;
    const text = JSON.stringify(value);
    if (text.length < WORTH_SHARING) return value;
    const mark = hash('sha256', text, 'base64');
    const known = this.#parts.get(mark)?.deref();
    if (known !== undefined) return known;
    this.#parts.set(mark, new WeakRef(value));
    this.#gone.register(value, mark);
    return value;
  }
}
