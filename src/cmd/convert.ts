import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseAllDocuments, stringify } from 'yaml';
import { isObject } from '../apimachinery/index.ts';
import { convertManifest, isNoManifest } from '../apis/index.ts';

interface ConvertOptions {
  readonly filename: string;
  readonly outputVersion?: string;
  readonly output: 'yaml' | 'json';
}

/** Prints nothing unless everything can be converted. */
export async function convert({ filename, outputVersion, output }: ConvertOptions): Promise<void> {
  const source = filename === '-' ? await text(process.stdin) : await readFile(filename, 'utf8');
  const objects = manifestsOf(source, filename).flatMap((manifest) => convertManifest(manifest, outputVersion));
  console.log(output === 'yaml' ? yamlOf(objects) : jsonOf(objects));
}

function manifestsOf(source: string, filename: string) {
  return parseAllDocuments(source, { version: '1.1' }).flatMap((document, index) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${filename}: ${error.message}`, { cause: error });
    const value: unknown = document.toJS();
    if (isNoManifest(value)) return [];
    if (!isObject(value)) throw new Error(`${filename}: document ${index + 1} is no object`);
    return [value];
  });
}

function yamlOf(objects: readonly object[]): string {
  return objects
    .map((object) => stringify(object, { version: '1.1', aliasDuplicateObjects: false }).trimEnd())
    .join('\n---\n');
}

function jsonOf(objects: readonly object[]): string {
  const [first] = objects;
  const whole = objects.length === 1 ? first : { apiVersion: 'v1', kind: 'List', items: objects };
  return JSON.stringify(whole, undefined, 2);
}
