import { StorageError } from '../storage.ts';

/** Raised with every change of what the tables hold that an earlier koinon would misread. */
export const FORMAT = 1;

/** Throws `Unavailable` for data that a newer koinon wrote. */
export function checkFormat(format: number, where: string): void {
  if (format <= FORMAT) return;
  const detail = `the data has format ${format}, this version knows formats up to ${FORMAT}: a newer one wrote it`;
  throw new StorageError('Unavailable', where, detail);
}
