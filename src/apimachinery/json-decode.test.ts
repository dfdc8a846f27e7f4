import { describe, expect, it } from 'vitest';
import { decodeJson } from './json-decode.ts';
import { decodeYaml } from './yaml-decode.ts';

describe('decodeJson', () => {
  it.each([
    ['{"a":1,"b":{"a":2},"c":[{"a":1},{"a":2}]}', []],
    ['{"a":1,"a":2}', ['a']],
    ['{"a":1,"\\u0061":2}', ['a']],
    ['{"spec":{"containers":[{"name":"x"},{"name":"y","image":"a","image":"b"}]}}', ['spec.containers[1].image']],
    ['{"m":{"x":1},"m":{"x":2},"n":[[{"q":1,"q":2}]]}', ['m', 'n[0][0].q']],
    ['{"a":"{\\"b\\":1,\\"b\\":2} \\\\","c":":::"}', []],
    ['{"a" :1, "a" : 2, "a":3}', ['a']],
    ['[]', []],
    ['"a:b"', []],
  ])('finds in %s the duplicates %j', (text, duplicates) => {
    const value: unknown = JSON.parse(text);
    expect(decodeJson(text)).toEqual({ value, duplicates });
  });

  it('throws a SyntaxError for what is no JSON', () => {
    for (const text of ['{"a":', '{"a', '"a\\"', '', ']']) expect(() => decodeJson(text), text).toThrow(SyntaxError);
  });

  it.each(['[', '{"a":'])('throws a SyntaxError for too much nesting of %s', (open) => {
    const nested = (depth: number) => `${open.repeat(depth)}1${(open === '[' ? ']' : '}').repeat(depth)}`;
    expect(decodeJson(nested(1000)).duplicates).toEqual([]);
    expect(() => decodeJson(nested(1001))).toThrow(SyntaxError);
    expect(() => decodeJson(nested(500_000))).toThrow(SyntaxError);
  });
});

describe('decodeYaml', () => {
  it('throws a SyntaxError for aliases that make much of little', async () => {
    const lines = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (const [from, to] of [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'd'],
      ['d', 'e'],
    ] as const) {
      lines.push(`${to}: &${to} [${Array.from({ length: 10 }, () => `*${from}`).join(',')}]`);
    }
    await expect(decodeYaml(lines.join('\n'))).rejects.toThrow(SyntaxError);
  });

  it('reads YAML 1.1 as Go clients do', async () => {
    const { value, duplicates } = await decodeYaml(
      'n: 1\nspec:\n  on: yes\n  when: 2024-01-02T03:04:05Z\n  text: "no"\n  octal: 0644\n  clock: 12:30\n  1: one\n  list: [a, {b: c}]\n',
    );
    expect(duplicates).toEqual([]);
    expect(value).toEqual({
      false: 1,
      spec: {
        true: true,
        when: '2024-01-02T03:04:05Z',
        text: 'no',
        octal: 420,
        clock: '12:30',
        1: 'one',
        list: ['a', { b: 'c' }],
      },
    });
  });

  it('tells of duplicate keys and reads JSON as well', async () => {
    expect((await decodeYaml('a: 1\nb:\n- c: 1\n  c: 2\n')).duplicates).toEqual(['b[0].c']);
    expect((await decodeYaml('{"a": {"b": [1]}}')).value).toEqual({ a: { b: [1] } });
  });

  it('expands anchors and merge keys', async () => {
    expect((await decodeYaml('x: &x {a: 1}\nz:\n  <<: *x\n  b: 2\n')).value).toEqual({
      x: { a: 1 },
      z: { a: 1, b: 2 },
    });
  });

  it('throws a SyntaxError for what is no YAML, and reads only the first document', async () => {
    await expect(decodeYaml('a: [1')).rejects.toThrow(SyntaxError);
    await expect(decodeYaml(`[${','.repeat(2_900_000)}]`)).rejects.toThrow('too many tokens');
    expect((await decodeYaml('a: 1\n---\nb: 2\n')).value).toEqual({ a: 1 });
    expect((await decodeYaml('')).value).toBeNull();
  });
});
