import { quoted, unescapedBytes, withoutQuotes, wordsOf } from './character-string.ts';
import { wholeNumber } from './whole-number.ts';

/** CAA data (RFC 8659 §4). */
export interface CertificationAuthority {
  readonly flags: number;
  readonly tag: string;
  readonly value: Uint8Array;
}

/** From `flags tag "value"`, the quotes left out where there are no blanks; undefined where it is none. */
export function parseCertificationAuthority(item: string): CertificationAuthority | undefined {
  const [flagsText = '', tag = '', valueText, ...rest] = wordsOf(item) ?? [];
  const flags = wholeNumber(flagsText, 0xff);
  const inner = valueText === undefined ? undefined : withoutQuotes(valueText);
  const value = inner === undefined ? undefined : unescapedBytes(inner);
  if (flags === undefined || value === undefined || rest.length > 0 || !/^[a-z0-9]{1,15}$/i.test(tag)) return undefined;
  return { flags, tag: tag.toLowerCase(), value };
}

export function certificationAuthorityText({ flags, tag, value }: CertificationAuthority): string {
  return `${flags} ${tag} ${quoted(value)}`;
}
