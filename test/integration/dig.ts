import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** True where the machine has no `dig`: tests skip, unless REQUIRE_DIG says that they must not. */
export const digMissing = process.env['REQUIRE_DIG'] === undefined && spawnSync('dig', ['-v']).error !== undefined;

/** What `dig` prints, asking the server at `address`. */
export async function dig(
  address: { readonly host: string; readonly port: number },
  args: readonly string[],
): Promise<string> {
  const server = [`@${address.host}`, '-p', String(address.port), '+time=2', '+tries=1'];
  const { stdout } = await run('dig', [...server, ...args]);
  return stdout.trim();
}
