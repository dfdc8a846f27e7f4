/** What positions and sizes in the language count. */
export function toCodePoints(text: string): readonly string[] {
  return Array.from(text);
}
