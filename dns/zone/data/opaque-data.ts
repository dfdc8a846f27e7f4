/** From `\# length hex` (RFC 3597 §5), blanks within the hex allowed; undefined where it is none. */
export function parseOpaqueData(item: string): Buffer | undefined {
  const [mark, length = '', ...hex] = item.split(/[ \t]+/);
  const digits = hex.join('');
  if (mark !== '\\#' || !/^\d{1,5}$/.test(length) || !/^(?:[0-9a-f]{2})*$/i.test(digits)) return undefined;
  const bytes = Buffer.from(digits, 'hex');
  return bytes.length === Number(length) ? bytes : undefined;
}

export function opaqueText(bytes: Buffer): string {
  return bytes.length === 0 ? '\\# 0' : `\\# ${bytes.length} ${bytes.toString('hex')}`;
}
