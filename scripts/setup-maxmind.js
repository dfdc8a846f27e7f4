// Fetches the databases that MaxMind tests its own readers with into the checkout's cache: Debian has them in the source of
// the reader in C. Broken ones are among them.
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { missingForTests, withApt } from './setup-debian.js';

const SOURCE = 'libmaxminddb';
const SUITE = 'bookworm';
const directory = fileURLToPath(new URL('../.cache/maxmind', import.meta.url));

/** A machine without apt does without, and the tests by them are skipped. */
export function fetchMaxmind() {
  if (existsSync(`${directory}/test-data`)) return;
  console.log(`Fetching from Debian for the tests: the source of ${SOURCE} …`);
  const fetched = withApt({ suites: [SUITE], type: 'deb-src' }, (run) => {
    rmSync(directory, { recursive: true, force: true });
    const download = `${directory}/download`;
    mkdirSync(download, { recursive: true });
    if (!run(download, 'apt-get', 'source', '-q', '--download-only', SOURCE)) return false;
    const archive = readdirSync(download).find((file) => file.includes('.orig.tar'));
    if (archive === undefined) return false;
    const wanted = ['--wildcards', '*/t/maxmind-db/test-data/*.mmdb', '*/t/maxmind-db/bad-data/*.mmdb'];
    const unpacked = run(download, 'tar', '-xf', archive, '-C', directory, '--strip-components=3', ...wanted);
    rmSync(download, { recursive: true });
    return unpacked;
  });
  if (fetched !== true) missingForTests([`${SOURCE}/${SUITE} (source)`]);
}
