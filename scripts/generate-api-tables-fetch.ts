import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGES = ['golang-k8s-api-dev', 'golang-k8s-apimachinery-dev', 'golang-k8s-apiextensions-apiserver-dev'];

/** Debian's rolling suite has the newest API; the machine itself may run an older one. */
const SUITE = 'sid';

const APT_SOURCES = '/etc/apt/sources.list.d';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The mirror that this machine already uses. */
function mirrorOfThisMachine(): string {
  for (const file of readdirSync(APT_SOURCES)) {
    const uri = /^URIs:\s*(\S+\/debian)\/?\s*$/m.exec(readFileSync(join(APT_SOURCES, file), 'utf8'))?.[1];
    if (uri !== undefined) return uri;
  }
  throw new Error(`no Debian mirror in ${APT_SOURCES}`);
}

/** An apt configuration with state and sources of its own, so that the machine's stay as they are. */
function privateApt(directory: string): string {
  for (const folder of ['lists/partial', 'cache/archives/partial', 'debs']) {
    mkdirSync(join(directory, folder), { recursive: true });
  }
  writeFileSync(join(directory, 'status'), '');
  writeFileSync(join(directory, 'sources.list'), `deb [signed-by=${KEYRING}] ${mirrorOfThisMachine()} ${SUITE} main\n`);
  const config = join(directory, 'apt.conf');
  const settings = {
    'Dir::State': directory,
    'Dir::State::Lists': join(directory, 'lists'),
    'Dir::State::status': join(directory, 'status'),
    'Dir::Cache': join(directory, 'cache'),
    'Dir::Etc::sourcelist': join(directory, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Acquire::Languages': 'none',
    // Root's download goes to a private folder that apt's own user cannot enter.
    'APT::Sandbox::User': 'root',
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key} "${value}";`);
  writeFileSync(config, `${lines.join('\n')}\n`);
  return config;
}

/**
 * Downloads and unpacks the Go sources of the Kubernetes API into `directory`; nothing gets installed.
 * Returns the folder that holds `k8s.io`, and the version of the API.
 */
export function fetchGoSources(directory: string): { readonly root: string; readonly version: string } {
  const env = { ...process.env, APT_CONFIG: privateApt(directory) };
  const debs = join(directory, 'debs');
  execFileSync('apt-get', ['update', '-q'], { env, stdio: 'inherit' });
  execFileSync('apt-get', ['download', '-q', ...PACKAGES], { env, cwd: debs, stdio: 'inherit' });
  const archives = readdirSync(debs).filter((name) => name.endsWith('.deb'));
  for (const archive of archives) {
    execFileSync('dpkg-deb', ['-x', join(debs, archive), join(directory, 'go')]);
  }
  const version = /^golang-k8s-api-dev_([\d.]+)/.exec(archives.find((name) => name.includes('k8s-api-dev')) ?? '')?.[1];
  if (version === undefined) throw new Error('golang-k8s-api-dev was not downloaded');
  return { root: join(directory, 'go/usr/share/gocode/src'), version };
}
