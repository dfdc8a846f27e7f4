import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PACKAGES } from './generate-api-tables-packages.ts';

const GOLDEN = 'k8s.io/api/testdata/HEAD';

/** Kubernetes' own examples of one object in both forms, for the kinds that the tables know. */
export function writeGolden(root: string): Buffer {
  const prefixes = PACKAGES.flatMap(({ group, version }) =>
    group === undefined ? [] : [`${group === '' ? 'core' : group}.${version}.`],
  );
  const directory = join(root, GOLDEN);
  const names = readdirSync(directory)
    .filter((file) => file.endsWith('.pb') && prefixes.some((prefix) => file.startsWith(prefix)))
    .map((file) => file.slice(0, -'.pb'.length))
    .sort();
  const objects = names.flatMap((name) => {
    const json: unknown = JSON.parse(readFileSync(join(directory, `${name}.json`), 'utf8'));
    // A WatchEvent has no kind.
    if (typeof json !== 'object' || json === null || !('kind' in json)) return [];
    return { json, protobuf: readFileSync(join(directory, `${name}.pb`), 'hex') };
  });
  return gzipSync(JSON.stringify(objects), { level: 9 });
}
