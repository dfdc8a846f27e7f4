import { expect, it } from 'vitest';

import { compileCel, DYN, toJson } from './index.ts';

/** `x` is JSON of unknown shape. */
function run(expression: string, x: unknown = {}): unknown {
  const compiled = compileCel({ expression, variables: { x: DYN } });
  if (!compiled.ok) return compiled.message;
  const outcome = compiled.program.evaluate({ x });
  return outcome.ok ? toJson(outcome.value) : `error: ${outcome.error}`;
}

it.each([
  ['1 + 2 * 3 - 4 / 2', 5],
  ['-7 / 2', -3],
  ['-7 % 3', -1],
  ['7.0 / 2.0', 3.5],
  ['9223372036854775807 + 1', 'error: integer overflow'],
  ['-9223372036854775808 - 1', 'error: integer overflow'],
  ['0u - 1u', 'error: unsigned integer overflow'],
  ['1 / 0', 'error: division by zero'],
  ['1 % 0', 'error: modulus by zero'],
  ['1.0 / 0.0 > 1e308', true],
  ['0x10 + 1', 17],
  ['5u == 5u', true],
  ['1 < 1.5', true],
  ['2u > 1.5', true],
  ['dyn(1) == 1.0', true],
  ['dyn(1u) == 1', true],
  ['dyn("1") == 1', false],
  ['[1, 2] == [1, 2]', true],
  ['{"a": 1, "b": 2} == {"b": 2, "a": 1}', true],
  ['[dyn(1)] == [dyn(1.0)]', true],
  ['null == null', true],
  ['dyn(null) == 0', false],
  ['"a" < "b" && "B" < "a"', true],
  ['b"a" < b"b"', true],
  ['false < true', true],
])('counts and compares: %s', (expression, expected) => {
  expect(run(expression)).toEqual(expected);
});

it.each([
  ['true || 1 / 0 == 1', true],
  ['1 / 0 == 1 || true', true],
  ['false && 1 / 0 == 1', false],
  ['1 / 0 == 1 && false', false],
  ['1 / 0 == 1 || false', 'error: division by zero'],
  ['true ? 1 : 1 / 0', 1],
  ['[1, 2, 0].exists(i, 4 / i == 2)', true],
  ['[0, 1, 2].exists(i, 4 / i == 2)', true],
  ['[0, 1].all(i, 4 / i == 9)', false],
  ['[0, 1].all(i, 4 / i == 4)', 'error: division by zero'],
  ['[1, 1].exists_one(i, i == 1)', false],
  ['[1, 2].existsOne(i, i == 1)', true],
  ['[0, 1].exists_one(i, 1 / i == 1)', 'error: division by zero'],
])('lets errors count only where they decide: %s', (expression, expected) => {
  expect(run(expression)).toEqual(expected);
});

it.each([
  ['[1, 2, 3].map(i, i * 2)', [2, 4, 6]],
  ['[1, 2, 3].map(i, i > 1, i * 2)', [4, 6]],
  ['[1, 2, 3].filter(i, i > 1)', [2, 3]],
  ['{"a": 1, "b": 2}.filter(k, k == "a")', ['a']],
  ['{"a": 1}.all(k, v, k == "a" && v == 1)', true],
  ['[3, 4].exists(i, v, i == 1 && v == 4)', true],
  ['[1, 2].transformList(i, v, i + v)', [1, 3]],
  ['[1, 2].transformList(i, v, i > 0, v)', [2]],
  ['{"a": 1}.transformMap(k, v, v + 1)', { a: 2 }],
  ['{"a": "b"}.transformMapEntry(k, v, {v: k})', { b: 'a' }],
  ['cel.bind(a, 2, cel.bind(b, a + 1, a * b))', 6],
  ['[[1], [2]].map(l, l.map(i, i + 1))', [[2], [3]]],
  ['1 in [1, 2]', true],
  ['"a" in {"a": 1}', true],
  ['x.items.all(i, i.n > 0)', true],
])('goes through lists and maps: %s', (expression, expected) => {
  expect(run(expression, { items: [{ n: 1 }] })).toEqual(expected);
});

it.each([
  ['has(x.a)', true],
  ['has(x.b)', false],
  ['has(x.b.c)', 'error: no such key: b'],
  ['x.b', 'error: no such key: b'],
  ['x["a"].c', 1],
  ['x.l[0]', 'p'],
  ['x.l[2]', 'error: index out of bounds: 2'],
  ['x.?b.c.orValue("none")', 'none'],
  ['x.?a.c.orValue(0)', 1],
  ['x.?a.?c.hasValue()', true],
  ['x.l[?5].orValue("none")', 'none'],
  ['x[?"a"].c.value()', 1],
  ['[?x.?b, ?x.?s, "z"]', ['s', 'z']],
  ['{?"k": x.?b, "l": 1}', { l: 1 }],
  ['optional.of(1).or(optional.of(2)).value()', 1],
  ['optional.none().orValue(3)', 3],
  ['optional.none().value()', 'error: optional.none() dereference'],
  ['optional.ofNonZeroValue("").hasValue()', false],
  ['x.?a.optMap(v, v.c + 1).orValue(0)', 2],
  ['optional.of(1).optFlatMap(v, optional.of(v + 1)).value()', 2],
])('reads what may be absent: %s', (expression, expected) => {
  expect(run(expression, { a: { c: 1 }, l: ['p', 'q'], s: 's' })).toEqual(expected);
});

it.each([
  [String.raw`"\u00e9\x41\101\n\"" + 'b"'`, 'éAA\n"b"'],
  [String.raw`r"\d" + R'\w'`, String.raw`\d\w`],
  [`"""a"b\nc"""`, 'a"b\nc'],
  [String.raw`b"\xff\101a"`, Buffer.from([0xff, 0x41, 0x61]).toString('base64')],
  ['size("é😀")', 2],
  ['"héllo".substring(1, 3)', 'él'],
  ['"hello".charAt(4) + "hello".charAt(5)', 'o'],
  ['"hello mellow".indexOf("ello", 2)', 7],
  ['"hello mellow".lastIndexOf("ello")', 7],
  ['"hello".indexOf("", 5)', 5],
  ['"TacoCat".lowerAscii() + "é".upperAscii()', 'tacocaté'],
  ['"hello hello".replace("he", "we", 1)', 'wello hello'],
  ['"hello hello hello".split(" ", 2)', ['hello', 'hello hello']],
  ['"abc".split("")', ['a', 'b', 'c']],
  ['["a", "b"].join("/")', 'a/b'],
  ['"  \\ttrim\\n ".trim()', 'trim'],
  ['"abc".reverse()', 'cba'],
  [
    '"%s is %d of %.2f, %x, %b, %e%%".format([dyn("x"), 1, 2.5, 255, 5, 1234.5])',
    'x is 1 of 2.50, ff, 101, 1.234500e+03%',
  ],
  ['"%s".format([[dyn(1), "a", {"k": true}]])', '[1, a, {k: true}]'],
  ['strings.quote("a\\"b\\n")', String.raw`"a\"b\n"`],
  ['"abc 123 def 456".find("[0-9]+")', '123'],
  ['"123 abc 456".findAll("[0-9]+", 1)', ['123']],
  ['"aaaa".matches("^(a+)+$")', true],
  ['"x".contains("") && "xyz".startsWith("xy") && "xyz".endsWith("z")', true],
])('handles text: %s', (expression, expected) => {
  expect(run(expression)).toEqual(expected);
});

it.each([
  ['type(1) == int && type("") == string && type([]) == list && type({}) == map', true],
  ['type(type(1)) == type', true],
  ['type(timestamp("2020-01-01T00:00:00Z")) == google.protobuf.Timestamp', true],
  ['int("42") + int(3.9) + int(7u)', 52],
  ['int("4.2")', `error: type conversion error from 'string' to 'int': "4.2"`],
  ['uint(-1)', 'error: unsigned integer overflow'],
  ['string(1.5) + string(true) + string(1u)', '1.5true1'],
  ['string(b"abc")', 'abc'],
  ['double("1e3")', 1000],
  ['bool("true")', true],
  ['timestamp("2023-08-26T12:39:00-07:00").getHours()', 19],
  ['timestamp("2023-08-26T12:39:00Z").getHours("-08:00")', 4],
  ['timestamp("2023-08-26T12:39:00Z").getHours("Europe/Berlin")', 14],
  ['timestamp("2023-03-01T00:00:00.5Z").getDayOfYear()', 59],
  ['timestamp("2023-08-26T00:00:00.250Z").getMilliseconds()', 250],
  ['string(timestamp("2020-01-01T00:00:00.5Z") + duration("1h30m"))', '2020-01-01T01:30:00.5Z'],
  ['string(timestamp("2020-01-02T00:00:00Z") - timestamp("2020-01-01T00:00:00Z"))', '86400s'],
  ['duration("90m").getHours()', 1],
  ['duration("1.5s") > duration("1499ms")', true],
])('converts and tells time: %s', (expression, expected) => {
  expect(run(expression)).toEqual(expected);
});

it.each([
  ['1 + "a"', `1:3: found no matching overload for '_+_' applied to '(int, string)'`],
  ['1 == 1.0', `1:3: found no matching overload for '_==_' applied to '(int, double)'`],
  ['y > 1', `1:1: undeclared reference to 'y' (in container '')`],
  ['foo(1)', `1:4: undeclared reference to 'foo' (in container '')`],
  ['"a".size(1)', `1:9: found no matching overload for 'size' applied to 'string.(int)'`],
  ['[1, "a"]', `1:5: expected type 'int' but found 'string'`],
  ['1.all(i, true)', undefined],
  [
    '(1).all(i, true)',
    `1:2: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)`,
  ],
  ['[1].all(i, i)', `1:12: expected type 'bool' but found 'int'`],
  ['"a" && true', `1:5: found no matching overload for '_&&_' applied to '(string, bool)'`],
  ['true ? 1 : "a"', `1:6: found no matching overload for '_?_:_' applied to '(bool, int, string)'`],
  ['has(x)', '1:5: invalid argument to has() macro'],
  ['1 +', undefined],
  ['@', `1:1: Syntax error: token recognition error at: '@'`],
  ['"a".matches("(")', '1:13: invalid matches argument'],
  ['duration("1 hour")', '1:10: invalid duration argument'],
  ['for', '1:1: reserved identifier: for'],
])('refuses with a position: %s', (expression, expected) => {
  const message = run(expression);
  expect(message).toContain(`compilation failed: ERROR: <input>:${expected ?? ''}`);
});

it('shows the source and a caret below the fault', () => {
  expect(run('1 == 1 &&\n  y')).toBe(
    `compilation failed: ERROR: <input>:2:3: undeclared reference to 'y' (in container '')\n |   y\n | ..^`,
  );
});

it.each(['toString', 'valueOf', 'constructor', '__proto__', 'hasOwnProperty'])('knows nothing of %s', (name) => {
  expect(run(`"a".${name}("b")`)).toContain(`undeclared reference to '${name}'`);
  expect(run(`${name}("b")`)).toContain(`undeclared reference to '${name}'`);
  expect(run(`x.${name}`)).toBe(`error: no such key: ${name}`);
  expect(run(name)).toContain(`undeclared reference to '${name}'`);
  expect(run(`"%${name}".format(["a"])`)).not.toBe('a');
});

it('takes numbers of JSON beyond 64 bits as doubles', () => {
  expect(run('type(x) == double && x > 1e200', 1e300)).toBe(true);
  expect(run('type(x) == int && x + 1 > x', 2 ** 53)).toBe(true);
});

it('stops at the cost limit', () => {
  const compiled = compileCel({ expression: 'x.all(a, x.all(b, x.all(c, a + b + c >= 0)))', variables: { x: DYN } });
  const outcome = compiled.ok && compiled.program.evaluate({ x: Array.from({ length: 200 }, () => 1) });
  expect(outcome).toMatchObject({
    ok: false,
    overBudget: true,
    error: 'operation cancelled: actual cost limit exceeded',
  });
});

it('does not take exponential time for nested errors', () => {
  const expression = `${'x.a && ('.repeat(80)}x.b${')'.repeat(80)}`;
  expect(run(expression, { a: true })).toBe('error: no such key: b');
});

it('does not take exponential time for chains of optionals', () => {
  expect(run(`x.?a${'.optMap(v, v + 1)'.repeat(100)}.value()`, { a: 0 })).toBe(100);
});

it('refuses what nests too deeply instead of overflowing the stack', () => {
  expect(run(`${'('.repeat(5000)}1${')'.repeat(5000)}`)).toContain('expression recursion limit exceeded: 250');
  expect(run(`${'!'.repeat(5001)}true`)).toBe(false);
  expect(run(`1${'+1'.repeat(20_000)}`)).toContain('expression recursion limit exceeded: 250');
  expect(run(`x${'.a'.repeat(20_000)}`)).toContain('expression recursion limit exceeded: 250');
  expect(run(`1${'+1'.repeat(200)}`)).toBe(201);
  expect(run(`true${'&&true'.repeat(9000)}`)).toBe(true);
  expect(run(`x.b || ${'false||'.repeat(9000)}true`)).toBe(true);
});
