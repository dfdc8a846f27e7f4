/** Which word of a record's text is a name. */
const NAME_AT: Readonly<Record<string, number>> = { CNAME: 0, NS: 0, PTR: 0, SRV: 3, MX: 1, SVCB: 1, HTTPS: 1 };

/** A record's text as providers write it: names end with a dot. */
export function withDots(type: string, item: string): string {
  return changeName(type, item, (name) => (name.endsWith('.') ? name : `${name}.`));
}

/** A record's text as it is written here: names are lower case and end without a dot. */
export function withoutDots(type: string, item: string): string {
  // The root stays what it is: a service that is not offered (RFC 2782), or an alias to its own name (RFC 9460 §2.5.2).
  return changeName(type, item, (name) => (name === '.' ? name : name.toLowerCase().replace(/\.$/, '')));
}

function changeName(type: string, item: string, change: (name: string) => string): string {
  const at = NAME_AT[type];
  if (at === undefined) return item;
  return item
    .trim()
    .split(/\s+/)
    .map((word, index) => (index === at ? change(word) : word))
    .join(' ');
}
