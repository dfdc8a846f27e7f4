import { expect, it } from 'vitest';

import { compileCel, STRING, toJson } from './index.ts';

function run(expression: string): unknown {
  const compiled = compileCel({ expression, variables: {} });
  if (!compiled.ok) return compiled.message;
  const outcome = compiled.program.evaluate({});
  return outcome.ok ? toJson(outcome.value) : `error: ${outcome.error}`;
}

/** The examples that Kubernetes publishes for its libraries. */
it.each([
  ['[1, 2, 3].isSorted() && ["a", "b", "c"].isSorted() && [2.0, 1.0].isSorted() == false', true],
  ['[1, 3].sum() == 4 && [1.0, 3.0].sum() == 4.0 && ["1m", "1s"].map(d, duration(d)).sum() == duration("1m1s")', true],
  ['[1, 3].max() == 3 && ["a", "b"].min() == "a"', true],
  ['[].sum()', 0],
  ['[1, 2, 2, 3].indexOf(2) == 1 && [1, 2, 2, 3].lastIndexOf(2) == 2 && [1].indexOf(4) == -1', true],
  ['[1, 2, 3, 4].slice(1, 3)', [2, 3]],
  ['[[1], [2, 3]].flatten()', [1, 2, 3]],
  ['[3, 1, 2].sort()', [1, 2, 3]],
  ['[1, 1, 2].distinct()', [1, 2]],
  ['sets.contains([1, 2, 3], [1, 2]) && sets.contains([1], [])', true],
  ['sets.equivalent([1, 1], [1]) && sets.intersects([1], [2, 1]) && !sets.intersects([1], [2])', true],
  ['math.greatest(1, 2, 3) + math.least([4, 5])', 7],
  ['math.ceil(1.2) == 2.0 && math.floor(-1.2) == -2.0 && math.abs(-3) == 3 && math.sign(-2.5) == -1.0', true],
  ['math.round(-1.5) == -2.0 && math.bitAnd(5, 3) == 1 && math.bitShiftLeft(1, 3) == 8', true],
  ["url('https://user:pass@example.com:80/path?query=val#fragment').getHost()", 'example.com:80'],
  ["isURL('https://a:b:c/') || isURL('../relative-path')", false],
  ["url('https://[::1]:80/').getHostname() + url('https://[::1]:80/').getPort()", '::180'],
  ["url('https://example.com/path with spaces/').getEscapedPath()", '/path%20with%20spaces/'],
  ["url('https://example.com/path?k1=a&k2=b&k2=c').getQuery()", { k1: ['a'], k2: ['b', 'c'] }],
  ["url('/path').getScheme() == '' && url('/path').getHost() == ''", true],
  ["ip('127.0.0.1').isLoopback() && ip('fe80::1').isLinkLocalUnicast() && ip('::').isUnspecified()", true],
  ["ip('::ffff:1.2.3.4')", 'error: IPv4-mapped IPv6 address "::ffff:1.2.3.4" is not allowed'],
  ["isIP('127.0.0.1.0') || isIP('fe80::1%eth0')", false],
  ["ip.isCanonical('2001:db8::abcd') && !ip.isCanonical('2001:DB8::ABCD')", true],
  ["string(ip('2001:DB8:0::1')) + ' ' + string(ip('10.0.0.1').family())", '2001:db8::1 4'],
  ["ip('8.8.8.8').isGlobalUnicast() && !ip('224.0.0.1').isGlobalUnicast()", true],
  ["cidr('192.168.0.0/24').containsIP('192.168.0.7') && !cidr('192.168.0.0/24').containsIP(ip('192.168.1.1'))", true],
  ["cidr('192.168.0.0/16').containsCIDR('192.168.10.0/24') && !cidr('10.0.0.0/24').containsCIDR('10.0.0.0/16')", true],
  ["string(cidr('192.168.1.7/24').masked())", '192.168.1.0/24'],
  ["cidr('192.168.0.0/24').prefixLength()", 24],
  ["isCIDR('192.168.0.0/33')", false],
  ["quantity('1.5Gi').isGreaterThan(quantity('1G')) && quantity('200M').compareTo(quantity('0.2G')) == 0", true],
  ["quantity('50k').add(quantity('20k')).sub(20).asInteger()", 69_980],
  ["quantity('50k').sub(20000) == quantity('30k') && quantity('-1').sign() == -1", true],
  ["isQuantity('200K') || isQuantity('Three') || isQuantity('Mi')", false],
  ["quantity('1.5').asInteger()", 'error: cannot convert value to integer'],
  ["quantity('1.5').asApproximateFloat()", 1.5],
  ["semver('1.2.3').compareTo(semver('1.2.3-alpha.1')) == 1 && semver('1.10.0').isGreaterThan(semver('1.9.0'))", true],
  ["semver('v1.0', true).major() == 1 && isSemver('01.01.01', true) && !isSemver('v1.0.0')", true],
  ['format.dns1123Label().validate("my-label").hasValue()', false],
  ['format.dns1123Label().validate("My Label").value().size() > 0', true],
  ['format.named("uuid").value().validate("123e4567-e89b-12d3-a456-426614174000").hasValue()', false],
  ['format.named("nonsense").hasValue()', false],
  ['format.labelValue().validate("-x").hasValue() && !format.uri().validate("http://a/b").hasValue()', true],
  ['format.dns1035LabelPrefix().validate("my-label-prefix-").hasValue()', false],
])('%s', (expression, expected) => {
  expect(run(expression)).toEqual(expected);
});

it.each([
  ['duration(x)', '1'],
  ['double(x)', '1'],
  ['int(x)', '1'],
  ['x.trim()', ' '],
  ['isSemver(x)', '1'],
  ['isSemver("1.0.0-" + x)', '1'],
  ['isURL(x)', '@'],
  ['isURL("http://" + x)', '%41'],
  ['isIP(x) || isCIDR(x)', ':'],
  ['timestamp(x)', '1'],
  ['format.byte().validate(x).hasValue()', 'A'],
  ['x.matches("^(a|a)*$")', 'a'],
])('%s takes no more than linear time for what it refuses', (expression, part) => {
  const compiled = compileCel({ expression, variables: { x: STRING } });
  if (!compiled.ok) throw new Error(compiled.message);
  const started = performance.now();
  for (const before of ['', 'x']) {
    compiled.program.evaluate({ x: `${before}${part.repeat(200_000)}x` }, { costLimit: Infinity });
  }
  expect(performance.now() - started).toBeLessThan(2000);
});
