const V4 = '.in-addr.arpa';
const V6 = '.ip6.arpa';

/** The address that a reverse name (RFC 1035 §3.5, RFC 3596 §2.5) is of; IPv6 as `canonical` writes it. */
export function addressOfReverseName(name: string): string | undefined {
  if (name.endsWith(V4)) {
    const bytes = name.slice(0, -V4.length).split('.').reverse();
    const valid = bytes.length === 4 && bytes.every((byte) => /^(0|[1-9]\d{0,2})$/.test(byte) && Number(byte) <= 255);
    return valid ? bytes.join('.') : undefined;
  }
  if (!name.endsWith(V6)) return undefined;
  const nibbles = name.slice(0, -V6.length).split('.').reverse();
  if (nibbles.length !== 32 || !nibbles.every((nibble) => /^[0-9a-f]$/.test(nibble))) return undefined;
  return canonicalAddress(nibbles.join('').replaceAll(/(.{4})(?=.)/g, '$1:'));
}

/** One spelling for each address: IPv6 may be written in many ways. */
export function canonicalAddress(address: string): string {
  if (!address.includes(':')) return address;
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}
