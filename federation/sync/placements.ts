import type { Share } from './share.ts';

/** What one member shall do about one object. */
export type Placement =
  | { readonly kind: 'present'; readonly share: Share }
  /** Not selected: what the federation made there goes. */
  | { readonly kind: 'absent' }
  /** Nobody can tell at present: what is there stays as it is. */
  | { readonly kind: 'keep' };

/** The decisions of the last reconcile of each object, read by the workers of each member. */
export class Placements {
  readonly #byObject = new Map<string, ReadonlyMap<string, Placement>>();
  /** Objects that are being decided about, as nothing has happened meanwhile. */
  readonly #open = new Map<string, symbol>();

  /** Of a decision that is about to be made. */
  begin(key: string): symbol {
    const mark = Symbol(key);
    this.#open.set(key, mark);
    return mark;
  }

  /** False where what was decided is out of date already. */
  set(key: string, placements: ReadonlyMap<string, Placement>, begun: symbol): boolean {
    if (this.#open.get(key) !== begun) return false;
    this.#open.delete(key);
    this.#byObject.set(key, placements);
    return true;
  }

  of(key: string): ReadonlyMap<string, Placement> | undefined {
    return this.#byObject.get(key);
  }

  /** What was decided counts no longer, nor what is being decided now. */
  delete(key: string): void {
    this.#open.delete(key);
    this.#byObject.delete(key);
  }
}
