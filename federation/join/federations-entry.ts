/** The values of `federations` and `stubDomains` in a member's `kube-system/kube-dns`. */

interface Entry {
  readonly name: string;
  readonly domain: string;
  readonly text: string;
}

/** `name=domain,name2=domain2`. */
function entriesOf(value: string): readonly Entry[] {
  return value
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      const [name = '', domain = ''] = text.split('=').map((part) => part.trim());
      return { name, domain, text };
    });
}

/** With this federation in it, in the place it had; every other entry as it was. */
export function withFederation(value: string, name: string, domain: string): string {
  const own = `${name}=${domain}`;
  const entries = entriesOf(value);
  const texts = entries.map((entry) => (entry.name === name ? own : entry.text));
  return entries.some((entry) => entry.name === name) ? texts.join(',') : [...texts, own].join(',');
}

/** `undefined` when nothing is left. */
export function withoutFederation(value: string, name: string): string | undefined {
  const texts = entriesOf(value).flatMap((entry) => (entry.name === name ? [] : [entry.text]));
  return texts.length === 0 ? undefined : texts.join(',');
}

export function domainOf(value: string, name: string): string | undefined {
  return entriesOf(value).find((entry) => entry.name === name)?.domain;
}

/**
 * `{"domain":["host:port"]}` with this domain's servers, or without the domain when there are none; other domains stay.
 * Throws for text that is not such JSON, rather than lose what somebody wrote.
 */
export function withStubDomain(value: string, domain: string, nameservers: readonly string[]): string | undefined {
  const parsed: unknown = value.trim() === '' ? {} : JSON.parse(value);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new Error('stubDomains is not a JSON object');
  }
  const { [domain]: _own, ...others } = Object.fromEntries(Object.entries(parsed));
  const next = nameservers.length === 0 ? others : { ...others, [domain]: nameservers };
  return Object.keys(next).length === 0 ? undefined : JSON.stringify(next);
}
