// Fetches the oldest and the newest kubectl that Debian has, beside the installed one, into the checkout's cache.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where each lands, the suite of Debian it comes from, and its package there. */
const releases = [
  { name: 'oldest', suite: 'bookworm', package: 'kubernetes-client' },
  { name: 'newest', suite: 'sid', package: 'kubectl' },
];

const directory = fileURLToPath(new URL('../.cache/kubectl', import.meta.url));
const APT_SOURCES = '/etc/apt/sources.list.d';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const DEFAULT_MIRROR = 'http://deb.debian.org/debian';

/** The mirror that this machine already uses, where that is one of Debian's. */
function mirror() {
  if (!existsSync(APT_SOURCES)) return DEFAULT_MIRROR;
  const found = readdirSync(APT_SOURCES)
    .map((file) => /^URIs:\s*(\S+\/debian)\/?\s*$/m.exec(readFileSync(`${APT_SOURCES}/${file}`, 'utf8'))?.[1])
    .find((uri) => uri !== undefined);
  return found ?? DEFAULT_MIRROR;
}

/** An apt configuration with state and sources of its own, so that the machine's stay as they are. */
function privateApt(apt, suites) {
  for (const folder of ['lists/partial', 'cache/archives/partial']) mkdirSync(`${apt}/${folder}`, { recursive: true });
  writeFileSync(`${apt}/status`, '');
  const lines = suites.map((suite) => `deb [signed-by=${KEYRING}] ${mirror()} ${suite} main\n`);
  writeFileSync(`${apt}/sources.list`, lines.join(''));
  const settings = {
    'Dir::State': apt,
    'Dir::State::Lists': `${apt}/lists`,
    'Dir::State::status': `${apt}/status`,
    'Dir::Cache': `${apt}/cache`,
    'Dir::Etc::sourcelist': `${apt}/sources.list`,
    'Dir::Etc::sourceparts': '-',
    'Acquire::Languages': 'none',
    // Downloads go to a private folder that apt's own user cannot enter.
    'APT::Sandbox::User': 'root',
  };
  const text = Object.entries(settings).map(([key, value]) => `${key} "${value}";\n`);
  writeFileSync(`${apt}/apt.conf`, text.join(''));
  return `${apt}/apt.conf`;
}

const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

/** Nothing gets installed; a machine without apt does without, and the tests of those versions are skipped. */
export function fetchKubectls() {
  const missing = releases.filter(({ name }) => !existsSync(`${directory}/${name}/usr/bin/kubectl`));
  if (missing.length === 0) return;
  if (!has('apt-get') || !has('dpkg') || !existsSync(KEYRING)) {
    console.warn('\nMissing for the tests: older and newer kubectl. The tests that need them are skipped.\n');
    return;
  }
  console.log('Fetching the oldest and the newest kubectl of Debian for the tests …');
  const apt = `${directory}/apt`;
  const suites = missing.map(({ suite }) => suite);
  const env = { ...process.env, APT_CONFIG: privateApt(apt, suites) };
  const run = (cwd, command, ...args) =>
    spawnSync(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  const fetched = ({ name, suite, package: wanted }) => {
    const place = `${directory}/${name}`;
    mkdirSync(place, { recursive: true });
    if (!run(place, 'apt-get', 'download', '-q', `${wanted}/${suite}`)) return false;
    const archive = readdirSync(place).find((file) => file.endsWith('.deb'));
    if (archive === undefined || !run(place, 'dpkg', '-x', archive, '.')) return false;
    rmSync(`${place}/${archive}`);
    return true;
  };
  const updated = run(directory, 'apt-get', 'update', '-q');
  const absent = missing.filter((release) => !updated || !fetched(release));
  rmSync(apt, { recursive: true });
  if (absent.length === 0) return;
  const names = absent.map(({ suite, package: wanted }) => `${wanted}/${suite}`);
  console.warn(`\n"apt-get download ${names.join(' ')}" failed; the tests that need these kubectls are skipped.\n`);
}
