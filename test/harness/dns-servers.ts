import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type DnsProgram =
  'named' | 'knotd' | 'nsd' | 'pdns_server' | 'pdnsutil' | 'unbound' | 'kdig' | 'dnsperf' | 'mmdblookup';

const directory = fileURLToPath(new URL('../../.cache/dns/usr', import.meta.url));

/** What a fetched program is called with: its path, and an environment in which it finds its libraries. */
export interface FetchedProgram {
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Where PowerDNS finds its backends (`module-dir`), and others their plugins. */
export const dnsLibraries = `${directory}/lib/x86_64-linux-gnu`;

function find(name: DnsProgram): string | undefined {
  return [`${directory}/sbin/${name}`, `${directory}/bin/${name}`].find((path) => existsSync(path));
}

/** A server or tool that `scripts/setup.js test` fetched. Throws where it is not there: ask `withoutDnsServers` first. */
export function dnsProgram(name: DnsProgram): FetchedProgram {
  const program = find(name);
  if (program === undefined) throw new Error(`no ${name} here: "node scripts/setup.js test" fetches it`);
  return { program, env: { ...process.env, LD_LIBRARY_PATH: dnsLibraries } };
}

/** Why tests with other DNS servers are skipped; false when they are not. With REQUIRE_DNS their absence fails them. */
export function withoutDnsServers(...names: readonly DnsProgram[]): string | false {
  const missing = names.filter((name) => find(name) === undefined);
  if (missing.length === 0) return false;
  const why = `no ${missing.join(', ')} here: "node scripts/setup.js test" fetches it`;
  if (process.env['REQUIRE_DNS']) throw new Error(why);
  return why;
}
