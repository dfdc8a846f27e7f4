import fc from 'fast-check';
import { stringify } from 'yaml';
import { isObject, type ProtobufCodec } from '../../../src/apimachinery/index.ts';
import { typeNameOf } from '../../../src/apis/index.ts';
import { mutated, oddText } from './nasty-values.ts';

export interface Body {
  readonly contentType: string;
  readonly bytes: Buffer;
}

const JSON_TYPES = ['application/json', 'application/json; charset=utf-8', 'application/json;as=Table'];
const PATCH_TYPES = ['application/merge-patch+json', 'application/strategic-merge-patch+json'];
const JSON_PATCH = 'application/json-patch+json';
const APPLY = ['application/apply-patch+yaml', 'application/apply-patch+cbor'];
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const YAML = 'application/yaml';
const OTHERS = ['text/plain', 'application/cbor', 'application/x-www-form-urlencoded', '', '/', ';', 'a/b;q="'];

/** Bodies as clients send them, but for what was changed in the object and, now and then, in the bytes. */
export function bodyOf(valid: object, codec: ProtobufCodec): fc.Arbitrary<Body> {
  const text = mutated(valid).map((value) => JSON.stringify(value));
  return fc.oneof(
    { weight: 12, arbitrary: body(fc.constantFrom(...JSON_TYPES), text) },
    { weight: 2, arbitrary: body(fc.constantFrom(...JSON_TYPES), text.chain(garbled)) },
    { weight: 3, arbitrary: body(fc.constant(YAML), yamlOf(valid)) },
    { weight: 4, arbitrary: protobufOf(valid, codec).map((bytes) => ({ contentType: PROTOBUF, bytes })) },
    hostileBody(text),
  );
}

export function patchOf(valid: object): fc.Arbitrary<Body> {
  const text = mutated(valid).map((value) => JSON.stringify(value));
  return fc.oneof(
    { weight: 6, arbitrary: body(fc.constantFrom(...PATCH_TYPES), text) },
    { weight: 4, arbitrary: body(fc.constant(JSON_PATCH), jsonPatch) },
    { weight: 4, arbitrary: body(fc.constantFrom(...APPLY), fc.oneof(text, yamlOf(valid))) },
    { weight: 2, arbitrary: body(fc.constantFrom(...PATCH_TYPES), text.chain(garbled)) },
    hostileBody(text),
  );
}

/** Of a type that has nothing to do with what is in it. */
function hostileBody(text: fc.Arbitrary<string>): fc.Arbitrary<Body> {
  const types = fc.constantFrom(...JSON_TYPES, ...PATCH_TYPES, JSON_PATCH, YAML, PROTOBUF, ...APPLY, ...OTHERS);
  return body(types, fc.oneof(text, oddText, fc.constantFrom(...HOSTILE)));
}

function body(contentType: fc.Arbitrary<string>, text: fc.Arbitrary<string>): fc.Arbitrary<Body> {
  return fc.tuple(contentType, text).map(([type, content]) => ({ contentType: type, bytes: Buffer.from(content) }));
}

const HOSTILE = [
  '['.repeat(100_000),
  '{"a":'.repeat(20_000),
  `{"metadata":{"name":"a"},"metadata":{"name":"b"},"spec":{"x":1,"x":2}}`,
  `{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":9e99,"preconditions":{"uid":7}}`,
  `{"metadata":{"annotations":{"a":${JSON.stringify('x'.repeat(400_000))}}}}`,
  `{"a":${'1'.repeat(50_000)}}`,
  `${'- '.repeat(5_000)}a`,
  `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from('bcdefghij', (name, at) => {
    const before = 'abcdefghi'[at] ?? 'a';
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(',')}]`;
  }).join('\n')}`,
  'a: &a {b: *a}',
  '<<: *nobody',
  '? [a, b]\n: {? {c: d} : e}',
  '!!js/function "x"\n---\nb',
  '%YAML 9.9\n---\n!<tag:x> a',
  'a: !!binary "%%%"\nb: 0o777777777777777777777777\nc: .nan\nd: .inf',
];

const pointer = fc.oneof(
  fc.constantFrom('', '/', '/spec', '/spec/replicas', '/metadata', '/metadata/name', '/metadata/finalizers/-', '/kind'),
  fc.constantFrom(
    '/metadata/labels/a~1b',
    '/spec/containers/0',
    '/-1',
    '/~2',
    '/__proto__/x',
    '/constructor/prototype',
  ),
  oddText,
);
const operation = fc.record(
  {
    op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'exec'),
    path: pointer,
    from: pointer,
    value: mutated({ a: [1, { b: 'c' }] }),
  },
  { requiredKeys: ['op'] },
);
const jsonPatch = fc
  .oneof(fc.array(operation, { maxLength: 5 }), mutated([{ op: 'add', path: '/a', value: 1 }]))
  .map((value) => JSON.stringify(value));

/** Cut off, with bytes changed, or with a part of it twice. */
function garbled(text: string): fc.Arbitrary<string> {
  const at = fc.nat({ max: Math.max(text.length - 1, 0) });
  return fc.oneof(
    at.map((end) => text.slice(0, end)),
    fc.tuple(at, oddText).map(([place, odd]) => text.slice(0, place) + odd + text.slice(place + 1)),
    fc.tuple(at, at).map(([from, to]) => text.slice(0, Math.max(from, to)) + text.slice(Math.min(from, to))),
  );
}

function yamlOf(valid: object): fc.Arbitrary<string> {
  const text = stringify(valid);
  return fc.oneof(fc.constant(text), garbled(text), fc.constantFrom(...HOSTILE));
}

function protobufOf(valid: object, codec: ProtobufCodec): fc.Arbitrary<Buffer> {
  const bytes = encoded(valid, codec);
  const change = fc.record({ at: fc.nat({ max: Math.max(bytes.length - 1, 0) }), byte: fc.nat({ max: 255 }) });
  return fc
    .tuple(fc.array(change, { maxLength: 5 }), fc.nat({ max: 10 }), fc.nat({ max: bytes.length }))
    .map(([changes, cut, length]) => {
      const copy = Buffer.from(bytes);
      for (const { at, byte } of changes) copy[at] = byte;
      return cut === 0 ? copy.subarray(0, length) : copy;
    });
}

/** A Pod's bytes stand in for kinds that have no protobuf form. */
function encoded(valid: object, codec: ProtobufCodec): Buffer {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [{ name: 'c' }] } };
  const object = isObject(valid) && hasProtobuf(valid) ? valid : pod;
  return Buffer.from(codec.encode({ ...object }, typeNameOf));
}

function hasProtobuf({ apiVersion, kind }: { readonly apiVersion?: unknown; readonly kind?: unknown }): boolean {
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeNameOf(apiVersion, kind) !== undefined;
}
