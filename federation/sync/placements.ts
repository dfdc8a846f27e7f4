import type { Share } from './federated-type.ts';

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

  set(key: string, placements: ReadonlyMap<string, Placement>): void {
    this.#byObject.set(key, placements);
  }

  of(key: string): ReadonlyMap<string, Placement> | undefined {
    return this.#byObject.get(key);
  }

  delete(key: string): void {
    this.#byObject.delete(key);
  }
}
