import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Where Node looks for a package, nearest first, as keys of a lock file. */
function placesOf(dependency: string, from: string): string[] {
  const places: string[] = [];
  for (let at = from; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    places.push(`${at}/node_modules/${dependency}`);
  }
  return [...places, `node_modules/${dependency}`];
}

// npm refuses to install from a lock that leaves out a package only because it is for another platform.
it('the lock names every package that one of its packages asks for, whatever the platform', async () => {
  const text = await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8');
  // @NOTE npm wrote it; this is lock file version 3.
  const { packages } = JSON.parse(text) as { packages: Readonly<Record<string, Locked>> };
  const missing = Object.entries(packages).flatMap(([from, { dependencies = {}, optionalDependencies = {} }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((dependency) => !placesOf(dependency, from).some((place) => place in packages))
      .map((dependency) => `${from === '' ? 'koinon' : from} asks for ${dependency}`),
  );
  expect(missing).toEqual([]);
});
