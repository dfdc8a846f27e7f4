/** Of digits alone and not above `max`; undefined otherwise. */
export function wholeNumber(text: string, max: number): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) <= max ? Number(text) : undefined;
}
