/** A server block of ours in the Corefile of a member's CoreDNS, between two comments; nothing else there is touched. */

const begin = (federation: string) => `# federation ${federation}: begin`;
const end = (federation: string) => `# federation ${federation}: end`;

/** Throws where the Corefile has a server block of that zone already: two of them, and CoreDNS would not start. */
export function withForward(
  corefile: string,
  federation: string,
  ...[domain, nameservers]: [domain: string, nameservers: readonly string[]]
): string {
  const others = withoutForward(corefile, federation);
  if (zonesOf(others).includes(domain)) {
    throw new Error(
      `the Corefile of kube-system/coredns has a block for ${domain} already; let it forward to ${nameservers.join(', ')}`,
    );
  }
  const block = [
    begin(federation),
    `${domain}:53 {`,
    '    errors',
    '    cache 30',
    `    forward . ${nameservers.join(' ')}`,
    '}',
    end(federation),
    '',
  ].join('\n');
  return `${others}${others === '' || others.endsWith('\n') ? '' : '\n'}${block}`;
}

export function withoutForward(corefile: string, federation: string): string {
  const lines = corefile.split('\n');
  const first = lines.indexOf(begin(federation));
  const last = lines.indexOf(end(federation));
  if (first < 0 || last < first) return corefile;
  return [...lines.slice(0, first), ...lines.slice(last + 1)].join('\n');
}

/** Of the server blocks: the names before a `{` that opens one, without scheme and port. */
function zonesOf(corefile: string): readonly string[] {
  const zones: string[] = [];
  let depth = 0;
  for (const line of corefile.split('\n')) {
    const text = line.replace(/#.*/, '').trim();
    if (depth === 0 && text.endsWith('{')) {
      const names = text.slice(0, -1).split(/[\s,]+/);
      zones.push(
        ...names.map((name) =>
          name
            .replace(/^[a-z]+:\/\//, '')
            .replace(/:\d+$/, '')
            .replace(/\.$/, ''),
        ),
      );
    }
    if (text.endsWith('{')) depth++;
    if (text === '}') depth--;
  }
  return zones;
}
