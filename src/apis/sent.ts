/** What a client sent: its fields have the right types, yet any of them may be missing. */
export type Sent<T> = T extends readonly (infer Item)[]
  ? readonly Sent<Item>[]
  : T extends object
    ? { readonly [Field in keyof T]?: Sent<T[Field]> }
    : T;

export function sent<T extends object>(object: T): Sent<T> {
  // @NOTE `Sent` only lets fields be absent, so every T is one.
  return object as Sent<T>;
}
