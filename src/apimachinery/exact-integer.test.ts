import { expect, it } from 'vitest';
import { typeTable } from '../apis/index.ts';
import { deepEqual } from './deep-equal.ts';
import { ExactInteger, hasLongNumber, parseJson } from './exact-integer.ts';
import { decodeJson } from './json-decode.ts';
import { isObject } from './json.ts';
import { applyMergePatch } from './merge-patch.ts';
import { loadProtobufCodec } from './protobuf/protobuf-codec.ts';
import { createSchemaCheck } from './schema-check.ts';
import { decodeYaml } from './yaml-decode.ts';

const check = createSchemaCheck(typeTable);

it.each([
  '9007199254740993',
  '-9007199254740993',
  '9223372036854775807',
  '-9223372036854775808',
  '1234567890123456789',
])('keeps %s as it is', (digits) => {
  const text = `{"a":[{"b":${digits}}],"c":"${digits}","d":1}`;
  expect(JSON.stringify(parseJson(text))).toBe(text);
  expect(JSON.stringify(decodeJson(text).value)).toBe(text);
});

it.each([
  ['9007199254740991', '9007199254740991'],
  ['1000000000000000', '1000000000000000'],
  // What is no 64-bit integer is a double, to Kubernetes too.
  ['9223372036854775808', '9223372036854776000'],
  ['123456789012345678901', '123456789012345680000'],
  ['9007199254740993.0', '9007199254740992'],
  ['0.12345678901234567', '0.12345678901234566'],
])('takes %s for a number', (digits, shown) => {
  const value = parseJson(digits);
  expect(typeof value).toBe('number');
  expect(JSON.stringify(value)).toBe(shown);
});

it.each([
  ['{"a":123456789012345}', false],
  ['{"a":1234567890123456}', true],
  ['1234567890123456', true],
  [`${'x'.repeat(15)}1234567890123456`, true],
  [`${'x'.repeat(9)}1234567890123456`, true],
  [`${'x'.repeat(9)}123456789012345x1234567890`, false],
  ['', false],
])('finds long numbers: %s', (text, found) => {
  expect(hasLongNumber(text)).toBe(found);
});

it('counts as the nearest number, and is equal to none but itself', () => {
  const [big, same, other] = [9007199254740993n, 9007199254740993n, 9007199254740995n].map((value) =>
    ExactInteger.from(value),
  );
  expect(`${String(big)} ${JSON.stringify({ big })}`).toBe('9007199254740993 {"big":9007199254740993}');
  expect(Number(big) / 2).toBe(2 ** 52);
  expect([deepEqual(big, same), deepEqual(big, other), deepEqual(big, {}), isObject(big)]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect(JSON.stringify(applyMergePatch({ a: other }, { a: big }))).toBe('{"a":9007199254740993}');
});

it('is what a YAML body may hold', async () => {
  const { value } = await decodeYaml(
    'a: 9007199254740993\nb: [0x10, 12345678901234567890]\nc: "9007199254740993"\nd: 5',
  );
  expect(JSON.stringify(value)).toBe(
    '{"a":9007199254740993,"b":[16,12345678901234567000],"c":"9007199254740993","d":5}',
  );
});

const job = (deadline: string) =>
  `{"kind":"Job","spec":{"activeDeadlineSeconds":${deadline},"template":{"spec":{"containers":[]}}}}`;

it('fits fields of 64 bits and quantities, and no smaller ones', () => {
  const read = (text: string, type: string) => {
    const value = parseJson(text);
    return JSON.stringify(isObject(value) ? check(value, type).value : value);
  };
  expect(read(job('9007199254740993'), 'k8s.io/api/batch/v1.Job')).toBe(job('9007199254740993'));
  const quota = (amount: string) => `{"spec":{"hard":{"x":${amount}}}}`;
  expect(read(quota('9007199254740993'), 'k8s.io/api/core/v1.ResourceQuota')).toBe(quota('"9007199254740993"'));
  expect(() => read('{"spec":{"replicas":9007199254740993}}', 'k8s.io/api/apps/v1.Deployment')).toThrow(
    'cannot unmarshal number 9007199254740993 into Go struct field DeploymentSpec.spec.replicas of type int32',
  );
  expect(() => read('{"data":{"a":9007199254740993}}', 'k8s.io/api/core/v1.ConfigMap')).toThrow(
    'cannot unmarshal number into Go struct field ConfigMap.data of type string',
  );
});

it('goes through protobuf and back', async () => {
  const codec = await loadProtobufCodec(typeTable);
  const known = parseJson(job('-9007199254740993'));
  const name = () => 'k8s.io/api/batch/v1.Job';
  const bytes = codec.encode({ apiVersion: 'batch/v1', ...(isObject(known) ? known : {}) }, name);
  expect(JSON.stringify(codec.decode(bytes, name))).toContain('"activeDeadlineSeconds":-9007199254740993');
});
