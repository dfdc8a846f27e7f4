import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { dnsProgram, withoutDnsServers } from './dns-servers.ts';

const directory = fileURLToPath(new URL('../../.cache/maxmind', import.meta.url));

/** Why tests by MaxMind's databases are skipped; false when they are not. With REQUIRE_DNS their absence fails them. */
export function withoutMaxmind(): string | false {
  const why = `no databases of MaxMind here: "node scripts/setup.js test" fetches them`;
  if (existsSync(`${directory}/test-data`)) return withoutDnsServers('mmdblookup');
  if (process.env['REQUIRE_DNS']) throw new Error(why);
  return why;
}

/** A database that MaxMind tests its readers with. */
export const maxmindFile = (name: string): string => `${directory}/test-data/${name}`;

/** All of them, the broken ones too. */
export const maxmindFiles = (): string[] => globSync(`${directory}/**/*.mmdb`).sort();

/** What MaxMind's own reader finds of an address. */
export interface FoundByMaxmind {
  readonly country: string | undefined;
  readonly subdivision: string | undefined;
  readonly prefixLength: number;
}

/** Asks `mmdblookup`. */
export async function mmdblookup(file: string, address: string): Promise<FoundByMaxmind> {
  const { program, env } = dnsProgram('mmdblookup');
  const args = ['--verbose', '--file', file, '--ip', address];
  // Where it finds nothing it says so, after the prefix, and fails.
  const stdout = await promisify(execFile)(program, args, { env }).then(
    (ran) => ran.stdout,
    (err: unknown) => (err as { readonly stdout: string }).stdout, // @NOTE what execFile rejects with
  );
  const find = (pattern: RegExp) => pattern.exec(stdout)?.[1];
  const country =
    find(/"country":\s*\{[^{}]*"iso_code":\s*"(\w+)"/) ?? find(/"registered_country":\s*\{[^{}]*"iso_code":\s*"(\w+)"/);
  const division = find(/"subdivisions":\s*\[\s*\{[^{}]*"iso_code":\s*"(\w+)"/);
  return {
    country,
    subdivision: division === undefined ? undefined : `${country ?? ''}-${division}`,
    prefixLength: Number(find(/Record prefix length: (\d+)/)),
  };
}
