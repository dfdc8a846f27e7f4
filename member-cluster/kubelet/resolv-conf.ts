import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { ResolverConfig } from '../runtime/index.ts';

/** What a resolv.conf says (resolv.conf(5)); of several search lines the last one counts. Odd lines say nothing. */
export function parseResolvConf(text: string): ResolverConfig {
  const servers: string[] = [];
  const options: string[] = [];
  let searches: readonly string[] = [];
  for (const line of text.split('\n')) {
    const [key = '', ...words] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/);
    const [first = ''] = words;
    if (key === 'nameserver' && isIP(first.replace(/%.*/, '')) !== 0) servers.push(first);
    if (key === 'search' || key === 'domain') searches = words.map((word) => word.replace(/(.)\.$/, '$1'));
    if (key === 'options') options.push(...words);
  }
  return { servers, searches: searches.filter((search) => search !== '.'), options };
}

/** That of this machine; one that names nobody where there is none. */
export async function machineResolver(path = '/etc/resolv.conf'): Promise<ResolverConfig> {
  try {
    return parseResolvConf(await readFile(path, 'utf8'));
  } catch (err) {
    if (err instanceof Error && 'code' in err && err.code === 'ENOENT') return parseResolvConf('');
    throw err;
  }
}
