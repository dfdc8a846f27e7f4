// Fetches the DNS servers that the tests judge by and the benchmark compares with, and the libraries they lack here, into
// the checkout's cache. Nothing gets installed: Debian's servers would start as services.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const packages = [
  ...['bind9', 'knot', 'knot-dnsutils', 'nsd', 'pdns-server', 'pdns-backend-lmdb', 'unbound', 'dnsperf'],
  // Looks up addresses in databases of places.
  'mmdb-bin',
];

const directory = fileURLToPath(new URL('../.cache/dns', import.meta.url));
/** Holds the list of what has been fetched: another list is fetched anew. */
const done = `${directory}/fetched.txt`;
const wanted = `${packages.join(' ')}\n`;

/** A machine without apt does without, and the tests with these servers are skipped. */
export function fetchDnsServers() {
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return;
  if (spawnSync('sh', ['-c', 'command -v apt-get && command -v dpkg']).status !== 0) {
    console.warn(`\nMissing for the tests: ${packages.join(', ')}. The tests that need them are skipped.\n`);
    return;
  }
  console.log(`Fetching from Debian for the tests: ${packages.join(', ')} …`);
  rmSync(directory, { recursive: true, force: true });
  const archives = `${directory}/apt/archives`;
  mkdirSync(`${archives}/partial`, { recursive: true });
  const cache = [
    '-o',
    `Dir::Cache=${directory}/apt`,
    '-o',
    'Dir::Cache::archives=archives',
    '-o',
    'Debug::NoLocking=1',
  ];
  const user = ['-o', 'APT::Sandbox::User=root'];
  const options = [...cache, ...user, '-y', '-q', '--no-install-recommends', '--reinstall', '--download-only'];
  const run = (command, ...args) => spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  const fetch = () => run('apt-get', 'install', ...options, ...packages);
  const fetched = fetch() || (run('apt-get', 'update', '-q') && fetch());
  const files = fetched ? readdirSync(archives).filter((file) => file.endsWith('.deb')) : [];
  const unpacked = fetched && files.every((file) => run('dpkg', '-x', `${archives}/${file}`, directory));
  rmSync(`${directory}/apt`, { recursive: true });
  if (unpacked) writeFileSync(done, wanted);
  else console.warn(`\n"apt-get download ${packages.join(' ')}" failed; the tests that need them are skipped.\n`);
}
