/** The value of `federations` in a member's `kube-system/kube-dns`: `name=domain,name2=domain2`. */

interface Entry {
  readonly name: string;
  readonly text: string;
}

function entriesOf(value: string): readonly Entry[] {
  return value
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => ({ name: text.split('=')[0]?.trim() ?? '', text }));
}

/** With this federation in it, in the place it had; every other entry as it was. */
export function withFederation(value: string, name: string, domain: string): string {
  const own = `${name}=${domain.replace(/\.$/, '')}`;
  const entries = entriesOf(value);
  const texts = entries.map((entry) => (entry.name === name ? own : entry.text));
  return entries.some((entry) => entry.name === name) ? texts.join(',') : [...texts, own].join(',');
}

/** `undefined` when nothing is left. */
export function withoutFederation(value: string, name: string): string | undefined {
  const texts = entriesOf(value).flatMap((entry) => (entry.name === name ? [] : [entry.text]));
  return texts.length === 0 ? undefined : texts.join(',');
}
