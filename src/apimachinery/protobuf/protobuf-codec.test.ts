import fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';
import { expect, it } from 'vitest';
import type { FieldSchema, TypeSchema, TypeTable } from '../schema.ts';
import { isStatusError } from '../status-error.ts';
import { loadProtobufCodec } from './protobuf-codec.ts';
import { formatGoDuration } from './special-types.ts';

function field(name: string, number: number, type: FieldSchema['type'], flags = ''): FieldSchema {
  return {
    name,
    number,
    type,
    omitEmpty: flags.includes('o'),
    pointer: flags.includes('p'),
    inline: flags.includes('n'),
    required: false,
  };
}

const types: readonly TypeSchema[] = [
  {
    name: 'x.Thing',
    fields: [
      field('kept', 1, { kind: 'int32' }, 'op'),
      field('dropped', 2, { kind: 'int32' }, 'o'),
      field('always', 3, { kind: 'int32' }),
      field('status', 4, { kind: 'ref', name: 'x.Status' }),
      field('', 5, { kind: 'ref', name: 'x.Inline' }, 'n'),
      field('numbers', 6, { kind: 'list', items: { kind: 'int64' } }, 'o'),
      field('extra', 7, { kind: 'map', values: { kind: 'list', items: { kind: 'string' } } }, 'o'),
      field('when', 8, { kind: 'time' }, 'op'),
      field('self', 9, { kind: 'ref', name: 'x.Thing' }, 'op'),
      field('names', 10, { kind: 'list', items: { kind: 'string' } }),
    ],
  },
  { name: 'x.Status', fields: [field('ready', 1, { kind: 'boolean' }), field('text', 2, { kind: 'string' }, 'o')] },
  { name: 'x.Inline', fields: [field('port', 1, { kind: 'intOrString' }, 'o')] },
];
const table: TypeTable = { get: (name) => types.find((type) => type.name === name) };
const typeNames = (apiVersion: string, kind: string) =>
  apiVersion === 'x/v1' && kind === 'Thing' ? 'x.Thing' : undefined;
const codec = await loadProtobufCodec(table);

/** A body around a message that `write` fills. */
function body(write: (message: protobuf.Writer) => void, kind = 'Thing'): Uint8Array {
  const message = protobuf.Writer.create();
  write(message);
  const unknown = protobuf.Writer.create();
  unknown.uint32(10).fork().uint32(10).string('x/v1').uint32(18).string(kind).ldelim();
  unknown.uint32(18).bytes(message.finish());
  return Buffer.concat([Buffer.from('k8s\0'), unknown.finish()]);
}

const nothing = { kind: 'Thing', apiVersion: 'x/v1', always: 0, status: { ready: false }, names: null };

it('writes the zeros that Go writes and leaves out those that Go leaves out', () => {
  const zeros = body((message) => message.uint32(8).int32(0).uint32(16).int32(0).uint32(24).int32(0));
  expect(codec.decode(zeros, typeNames)).toEqual({ ...nothing, kept: 0 });
});

it('puts the fields of an inline struct into its parent', () => {
  const inline = body((message) => message.uint32(42).fork().uint32(10).fork().uint32(16).int32(80).ldelim().ldelim());
  expect(codec.decode(inline, typeNames)).toEqual({ ...nothing, port: 80 });
});

it('takes numbers packed or one by one', () => {
  const mixed = body((message) => message.uint32(50).fork().int64(1).int64(-2).ldelim().uint32(48).int64(3));
  expect(codec.decode(mixed, typeNames)).toEqual({ ...nothing, numbers: [1, -2, 3] });
});

it('writes a time without content as null', () => {
  const zero = body((message) => message.uint32(66).uint32(0));
  expect(codec.decode(zero, typeNames)).toEqual({ ...nothing, when: null });
});

it('skips fields that it does not know', () => {
  const newer = body((message) =>
    message
      .uint32(8000 + 2)
      .string('new')
      .uint32(24)
      .int32(7),
  );
  expect(codec.decode(newer, typeNames)).toEqual({ ...nothing, always: 7 });
});

it('gives a map with lists back as it was, whatever its keys are called', () => {
  const extra = JSON.parse('{"__proto__":["a"],"empty":[],"scopes":["b","c"]}') as Record<string, string[]>;
  const thing = { kind: 'Thing', apiVersion: 'x/v1', always: 0, status: { ready: true }, names: ['n'], extra };
  const decoded = codec.decode(codec.encode(thing, typeNames), typeNames);
  expect(JSON.parse(JSON.stringify(decoded))).toEqual(JSON.parse(JSON.stringify({ ...thing, port: undefined })));
});

const nested = (depth: number) => (message: protobuf.Writer) => {
  for (let level = 0; level < depth; level++) message.uint32(74).fork();
  for (let level = 0; level < depth; level++) message.ldelim();
};

it.each([
  ['no magic', Buffer.from('{}')],
  ['an unknown kind', body(() => undefined, 'Other')],
  ['a cut-off message', body((message) => message.uint32(34).uint32(100))],
  ['another wire type', body((message) => message.uint32(10).string('text'))],
  ['a field number of zero', body((message) => message.uint32(0))],
  ['endless nesting', body(nested(300))],
  ['an impossible time', body((message) => message.uint32(66).fork().uint32(8).int64(9e15).ldelim())],
])('refuses %s as a bad request', (_name, bytes) => {
  expect(() => codec.decode(bytes, typeNames)).toThrow(
    expect.toSatisfy((error: unknown) => isStatusError(error) && error.status.code === 400),
  );
});

it('never fails in another way, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        codec.decode(
          body((message) => {
            for (const byte of bytes) message.uint32(byte);
          }),
          typeNames,
        );
      } catch (error) {
        expect(isStatusError(error) && error.status.code).toBe(400);
      }
    }),
  );
});

it.each([
  [0, '0s'],
  [1_500_000_000, '1.5s'],
  [3_600_000_000_000, '1h0m0s'],
  [90_000_000_000, '1m30s'],
  [20_000_000, '20ms'],
  [-5_000, '-5µs'],
])('writes a duration of %d ns as %s', (nanoseconds, text) => {
  expect(formatGoDuration(nanoseconds)).toBe(text);
});
