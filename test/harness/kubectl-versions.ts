import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface KubectlVersion {
  /** As in `1.32`. */
  readonly version: string;
  readonly minor: number;
  readonly program: string;
}

const fetched = (name: string) =>
  fileURLToPath(new URL(`../../.cache/kubectl/${name}/usr/bin/kubectl`, import.meta.url));

/** The installed one first; the others are what `scripts/setup.js test` fetched. */
const programs = ['kubectl', fetched('oldest'), fetched('newest')];

function versionOf(program: string): KubectlVersion | undefined {
  if (program !== 'kubectl' && !existsSync(program)) return undefined;
  const args = ['version', '--client', '--output=json'];
  const text = execFileSync(program, args, { encoding: 'utf8', env: { ...process.env, KUBECONFIG: '/dev/null' } });
  const [, major = '', minor = ''] = /"gitVersion": "v(\d+)\.(\d+)/.exec(text) ?? [];
  return { version: `${major}.${minor}`, minor: Number(minor), program };
}

/** Every kubectl there is to judge with. With REQUIRE_KUBECTL set the absence of one is an error. */
export function kubectlVersions(): readonly KubectlVersion[] {
  return programs.flatMap((program) => {
    try {
      const found = versionOf(program);
      if (found !== undefined) return [found];
    } catch (err) {
      if (program !== 'kubectl') throw err;
    }
    if (process.env['REQUIRE_KUBECTL']) throw new Error(`${program} was not found: run "node scripts/setup.js test"`);
    return [];
  });
}
