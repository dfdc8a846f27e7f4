/**
 * Writes `src/apis/generated` from the Go declarations of the Kubernetes API, as Debian packages them.
 * Facts only (names, types, numbers, tags): nothing of the sources' text is kept. Also writes the golden objects
 * that the protobuf codec is held to.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fetchGoSources } from './generate-api-tables-fetch.ts';
import { Resolver } from './generate-api-tables-resolve.ts';
import { writeTables } from './generate-api-tables-data.ts';
import { writeGolden } from './generate-api-tables-golden.ts';
import { writeTypes } from './generate-api-tables-typescript.ts';

const OUTPUT = join(import.meta.dirname, '../src/apis/generated');
const GOLDEN = join(import.meta.dirname, '../test/conformance/protobuf/golden.json.gz');

const directory = mkdtempSync(join(tmpdir(), 'koinon-api-tables-'));
try {
  const { root, version } = fetchGoSources(directory);
  const types = new Resolver(root).types();
  mkdirSync(OUTPUT, { recursive: true });
  writeFileSync(join(OUTPUT, 'wire-types.ts'), writeTypes(types));
  writeFileSync(join(OUTPUT, 'type-table.json'), writeTables(types, version));
  mkdirSync(dirname(GOLDEN), { recursive: true });
  writeFileSync(GOLDEN, writeGolden(root));
  console.log(`${types.length} types of k8s.io/api ${version}`);
} finally {
  rmSync(directory, { recursive: true });
}
