/** Finds the type of an object by what it calls itself; `undefined`: not served. */
export type TypeNames = (apiVersion: string, kind: string) => string | undefined;
