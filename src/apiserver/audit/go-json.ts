const ESCAPED = /[<>&\u2028\u2029]/g;

/** As Go writes JSON, which is what readers of audit annotations compare with: safe within HTML. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(ESCAPED, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
