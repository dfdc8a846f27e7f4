#!/usr/bin/env node
// Starts koinon from its bundle, or from source in a checkout whose sources are newer. Plain JavaScript that an old Node can parse.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const path = (name) => fileURLToPath(new URL(name, root));
const NEEDED = 26;

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  const pinned = path('node_modules/.bin/node');
  if (!existsSync(pinned)) {
    console.error(
      `koinon needs Node ${NEEDED} or newer and this is ${process.version}.\n` +
        'Run "npm install" in the checkout (it brings a Node of its own), or install a newer Node.',
    );
    process.exit(1);
  }
  // The signals of a terminal reach the child as well; this process only waits for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
  const child = spawnSync(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(child.status ?? 1);
}

/** A checkout runs its sources when one of them is newer than the bundle; an installed package has no doubt. */
function bundleIsCurrent() {
  const bundle = path('dist/koinon.js');
  if (!existsSync(bundle)) return false;
  if (!existsSync(path('.git'))) return true;
  const built = statSync(bundle).mtimeMs;
  return ['src', 'federation', 'member-cluster', 'dns', 'package-lock.json'].every((name) =>
    olderThan(path(name), built),
  );
}

function olderThan(place, time) {
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat === undefined) return true;
  if (!stat.isDirectory()) return place.endsWith('.test.ts') || stat.mtimeMs <= time;
  return readdirSync(place).every((name) => olderThan(`${place}/${name}`, time));
}

const fromBundle = process.env.KOINON_FROM !== 'source' && (process.env.KOINON_FROM === 'bundle' || bundleIsCurrent());
if (fromBundle) module.enableCompileCache(path('dist/.compile-cache'));
// Child processes skip the check and run what their parent runs.
process.env.KOINON_FROM = fromBundle ? 'bundle' : 'source';
await import(new URL(fromBundle ? 'dist/koinon.js' : 'src/cmd/main.ts', root).href);
