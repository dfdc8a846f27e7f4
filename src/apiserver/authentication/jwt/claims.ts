/** What a token says; JSON. */
export type Claims = Readonly<Record<string, unknown>>;

/** Throws for a claim that is not there or is no text. `null` is an empty text, as it is to Go. */
export function textClaim(claims: Claims, name: string): string {
  const value = claimOf(claims, name);
  if (value === null) return '';
  if (typeof value !== 'string') throw cannotRead(value, 'string');
  return value;
}

/** A text counts as a list of one. */
export function textsClaim(claims: Claims, name: string): readonly string[] {
  const value = claimOf(claims, name);
  if (value === null) return [];
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) throw cannotRead(value, 'string');
  return value.map((item: unknown) => {
    if (typeof item !== 'string') throw cannotRead(value, 'string');
    return item;
  });
}

export function hasClaim(claims: Claims, name: string): boolean {
  return Object.hasOwn(claims, name);
}

function claimOf(claims: Claims, name: string): unknown {
  if (!hasClaim(claims, name)) throw new Error('claim not present');
  return claims[name];
}

function cannotRead(value: unknown, type: string): Error {
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return new Error(`json: cannot unmarshal ${kind} into Go value of type ${type}`);
}
