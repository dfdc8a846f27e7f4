// Makes a fresh machine ready for `npm start` (mode `start`) or `npm test` (mode `test`). Quick when nothing is missing.
// Plain JavaScript that Node 20 runs: it is what installs the newer Node.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fetchFromDebian } from './setup-debian.js';
import { fetchDnsServers } from './setup-dns-servers.js';
import { fetchMaxmind } from './setup-maxmind.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const mode = process.argv[2];
process.chdir(root);

function fail(message) {
  console.error(`\n${message}\n`);
  process.exit(1);
}

const mtime = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function installPackages() {
  const done = mtime('node_modules/.package-lock.json');
  const works = existsSync('node_modules/.bin/node') && spawnSync('node_modules/.bin/node', ['--version']).status === 0;
  if (works && done >= Math.max(mtime('package-lock.json'), mtime('package.json'))) return;
  console.log('Installing packages, and the Node that koinon runs on (once, about half a minute) …');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: 'inherit' });
  if (npm.error?.code === 'ENOENT')
    fail('npm was not found. Install Node 20 or newer together with npm, then try again.');
  if (npm.status !== 0)
    fail('"npm ci" failed: the lines above say why. koinon needs the npm registry once, to install itself.');
}

function newest(place) {
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return place.endsWith('.test.ts') ? 0 : stat.mtimeMs;
  return Math.max(0, ...readdirSync(place).map((name) => newest(`${place}/${name}`)));
}

function buildBundle() {
  const sources = ['src', 'federation', 'member-cluster', 'dns', 'package-lock.json', 'scripts/build.ts'];
  if (mtime('dist/koinon.js') >= Math.max(...sources.map(newest))) return;
  const build = spawnSync('node_modules/.bin/node', ['scripts/build.ts'], { stdio: 'inherit' });
  if (build.status !== 0) fail('Bundling koinon failed: the lines above say why.');
}

const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

/** Programs that the tests judge by, and the Debian package of each. */
const judges = [
  { command: 'kubectl', package: 'kubernetes-client' },
  { command: 'dig', package: 'bind9-dnsutils' },
  { command: 'curl', package: 'curl' },
];

function installJudges() {
  const missing = judges.filter(({ command }) => !has(command));
  if (missing.length === 0) return;
  const names = missing.map((judge) => judge.package);
  const wanted = `apt-get install ${names.join(' ')}`;
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const mayInstall = has('apt-get') && (sudo.length === 0 || spawnSync('sudo', ['-n', 'true']).status === 0);
  if (!mayInstall) {
    console.warn(
      `\nMissing for the tests: ${missing.map(({ command }) => command).join(', ')}. They may not be installed from here; ` +
        `the tests that need them are skipped.\nTo have them: ${wanted}\n`,
    );
    return;
  }
  console.log(`Installing what the tests need: ${names.join(', ')} …`);
  const run = (...args) => {
    const [command, ...rest] = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', ...args];
    return spawnSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  };
  const install = () => run('apt-get', 'install', '-y', '-q', '--no-install-recommends', ...names);
  if (!install() && !(run('apt-get', 'update', '-q') && install())) {
    console.warn(`\n"${wanted}" failed; the tests that need these programs are skipped.\n`);
  }
}

if (mode !== 'start' && mode !== 'test') fail('usage: node scripts/setup.js start|test');
installPackages();
buildBundle();
if (mode === 'test') {
  installJudges();
  fetchFromDebian();
  fetchDnsServers();
  fetchMaxmind();
}
