import { annotations } from '../apis/index.ts';

export const DEFAULT_TTL_SECONDS = 180;
const MAX_TTL_SECONDS = 86_400;

export type ParsedTtl =
  { readonly ok: true; readonly ttlSeconds: number | undefined } | { readonly ok: false; readonly problem: string };

/** What the annotation `federation.koinon.dev/dns-ttl` asks for, if anything. */
export function parseTtl(values: Readonly<Record<string, string>> | undefined): ParsedTtl {
  const text = values?.[annotations.dnsTtl];
  if (text === undefined) return { ok: true, ttlSeconds: undefined };
  const ttlSeconds = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
  if (ttlSeconds >= 1 && ttlSeconds <= MAX_TTL_SECONDS) return { ok: true, ttlSeconds };
  const problem = `annotation ${annotations.dnsTtl} must be whole seconds from 1 to ${MAX_TTL_SECONDS}, not ${JSON.stringify(text)}`;
  return { ok: false, problem };
}
