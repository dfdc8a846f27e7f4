import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { loadProtobufCodec } from '../../../src/apimachinery/index.ts';
import { typeNameOf, typeTable } from '../../../src/apis/index.ts';

interface Golden {
  readonly json: { readonly apiVersion: string; readonly kind: string };
  readonly protobuf: string;
}

// @NOTE the file is written by scripts/generate-api-tables-golden.ts in this shape.
const golden = JSON.parse(
  gunzipSync(readFileSync(join(import.meta.dirname, 'golden.json.gz'))).toString(),
) as readonly Golden[];

const codec = await loadProtobufCodec(typeTable);

it('has an object of every kind', () => {
  expect(golden.length).toBeGreaterThan(80);
});

it.each(golden.map((object) => [`${object.json.apiVersion} ${object.json.kind}`, object] as const))(
  'decodes and encodes a %s as Kubernetes does',
  (_name, { json, protobuf }) => {
    const bytes = Buffer.from(protobuf, 'hex');
    expect(codec.decode(bytes, typeNameOf)).toEqual(json);
    expect(Buffer.from(codec.encode({ ...json }, typeNameOf)).equals(bytes)).toBe(true);
  },
);
