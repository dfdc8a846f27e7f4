import { dnsSubdomainProblems } from '../../apimachinery/index.ts';

const MAX_BYTES = 63;

/** A subdomain that may have capital letters, and is short enough for a label. */
export function csiDriverNameProblems(name: string): readonly string[] {
  if (Buffer.byteLength(name) > MAX_BYTES) return [`must be no more than ${MAX_BYTES} bytes`];
  return dnsSubdomainProblems(name.toLowerCase());
}
