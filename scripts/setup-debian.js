// Fetches versions of kubectl and etcd, and Prometheus, from several suites of Debian into the checkout's cache. Nothing
// gets installed: the tests have a choice of versions beside the machine's own, and Debian's servers would start as services.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where each lands in the cache, the program in it, the suite of Debian it comes from, and its package there. */
const releases = [
  { place: 'kubectl/oldest', program: 'kubectl', suite: 'bookworm', package: 'kubernetes-client' },
  { place: 'kubectl/newest', program: 'kubectl', suite: 'sid', package: 'kubectl' },
  { place: 'etcd/oldest', program: 'etcd', suite: 'bookworm', package: 'etcd-server' },
  { place: 'etcd/newest', program: 'etcd', suite: 'trixie', package: 'etcd-server' },
  { place: 'prometheus', program: 'prometheus', suite: 'bookworm', package: 'prometheus' },
];

const directory = fileURLToPath(new URL('../.cache', import.meta.url));
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
function privateApt(apt, suites, type) {
  for (const folder of ['lists/partial', 'cache/archives/partial']) mkdirSync(`${apt}/${folder}`, { recursive: true });
  writeFileSync(`${apt}/status`, '');
  const lines = suites.map((suite) => `${type} [signed-by=${KEYRING}] ${mirror()} ${suite} main\n`);
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

/**
 * Gives `work` what runs commands with the packages of those suites at hand, `deb` or their sources `deb-src`; undefined
 * where there is no apt, or it cannot say what there is.
 */
export function withApt({ suites, type = 'deb' }, work) {
  if (!has('apt-get') || !has('dpkg') || !existsSync(KEYRING)) return undefined;
  const apt = `${directory}/apt`;
  const env = { ...process.env, APT_CONFIG: privateApt(apt, suites, type) };
  const run = (cwd, command, ...args) =>
    spawnSync(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  try {
    return run(apt, 'apt-get', 'update', '-q') ? work(run) : undefined;
  } finally {
    rmSync(apt, { recursive: true });
  }
}

function fetchRelease(run, { place, suite, package: wanted }) {
  const target = `${directory}/${place}`;
  mkdirSync(target, { recursive: true });
  if (!run(target, 'apt-get', 'download', '-q', `${wanted}/${suite}`)) return false;
  const archive = readdirSync(target).find((file) => file.endsWith('.deb'));
  if (archive === undefined || !run(target, 'dpkg', '-x', archive, '.')) return false;
  rmSync(`${target}/${archive}`);
  return true;
}

/** A machine without apt does without, and the tests of those versions are skipped. */
export function fetchFromDebian() {
  const missing = releases.filter(({ place, program }) => !existsSync(`${directory}/${place}/usr/bin/${program}`));
  if (missing.length === 0) return;
  console.log(`Fetching from Debian for the tests: ${missing.map(({ place }) => place).join(', ')} …`);
  const suites = [...new Set(missing.map(({ suite }) => suite))];
  const absent = withApt({ suites }, (run) => missing.filter((release) => !fetchRelease(run, release))) ?? missing;
  if (absent.length > 0) missingForTests(absent.map(({ suite, package: wanted }) => `${wanted}/${suite}`));
}

export function missingForTests(packages) {
  const names = packages.join(', ');
  console.warn(`\nDebian's ${names} could not be had with apt-get; the tests that need them are skipped.\n`);
}
