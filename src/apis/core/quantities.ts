import {
  canonicalQuantity,
  invalidValue,
  parseQuantity,
  type FieldError,
  type Quantity,
} from '../../apimachinery/index.ts';

export type Amounts = Readonly<Record<string, string>>;
export type SentAmounts = Readonly<Partial<Record<string, string>>>;

/** The quantity, or why it is none. */
export function readQuantity(text: string): Quantity | string {
  try {
    return parseQuantity(text);
  } catch (err) {
    return err instanceof Error ? err.message : String(err);
  }
}

/** What is no quantity is left for validation to name. */
export function canonical(text: string): string {
  try {
    return canonicalQuantity(text);
  } catch {
    return text;
  }
}

export function canonicalAmounts(amounts: Amounts): Amounts {
  return Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, canonical(amount)]));
}

export function quantityProblems(field: string, text: string): readonly FieldError[] {
  const quantity = readQuantity(text);
  if (typeof quantity === 'string') return [invalidValue(field, text, quantity)];
  return quantity.nanos < 0n ? [invalidValue(field, text, 'must be greater than or equal to 0')] : [];
}

export function positiveQuantityProblems(field: string, text: string): readonly FieldError[] {
  const quantity = readQuantity(text);
  if (typeof quantity === 'string') return [invalidValue(field, text, quantity)];
  return quantity.nanos <= 0n ? [invalidValue(field, text, 'must be greater than zero')] : [];
}

/** Absent or unreadable ones are neither more nor less than anything. */
export function isMore(a: string | undefined, b: string | undefined): boolean {
  const [first, second] = [readQuantity(a ?? ''), readQuantity(b ?? '')];
  return typeof first !== 'string' && typeof second !== 'string' && first.nanos > second.nanos;
}
