const MAX_MESSAGE_LENGTH = 300;

/**
 * What may be told and logged of the error of an SDK: its name and the first line of its message. The rest may have the
 * request in it, and that the credentials.
 */
export function plainError(err: unknown): Error {
  if (!(err instanceof Error)) return new Error('a failure without a message');
  const [line = ''] = err.message.split('\n');
  const plain = new Error(line.slice(0, MAX_MESSAGE_LENGTH) || err.name);
  plain.name = err.name;
  return plain;
}
