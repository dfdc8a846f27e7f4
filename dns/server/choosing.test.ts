import { expect, it } from 'vitest';
import { createMetrics, silentLogger } from '../../src/component-base/index.ts';
import { createChooser, createPlaces } from '../choice/index.ts';
import { createZone, zoneSet, type RecordSet } from '../zone/index.ts';
import { authoritative } from './authoritative.ts';
import { countChosen } from './choice-metrics.ts';
import { choosing } from './choosing.ts';
import type { ComposedReply, DnsQuery } from './dns-handler.ts';
import { errorsAsRcodes, refuse } from './layers.ts';

const chosen: RecordSet = {
  name: 'web.example.com',
  type: 'A',
  ttlSeconds: 60,
  data: ['192.0.2.1', '192.0.2.2', '192.0.2.3'],
  choice: {
    policy: 'nearest',
    candidates: [
      { name: 'asia', data: ['192.0.2.1'], region: 'asia' },
      { name: 'europe', data: ['192.0.2.2', '192.0.2.3'], region: 'europe' },
    ],
  },
};
const zone = createZone({ name: 'example.com' }, 1, [
  chosen,
  { name: 'alias.example.com', type: 'CNAME', ttlSeconds: 60, data: ['web.example.com'] },
  { name: 'plain.example.com', type: 'A', ttlSeconds: 60, data: ['192.0.2.9'] },
]);
const places = createPlaces({
  configured: [
    { cidr: '127.1.0.0/16', place: { region: 'asia', source: 'configuration' } },
    { cidr: '203.0.113.0/24', place: { region: 'europe', source: 'configuration' } },
    { cidr: '2001:db8::/32', place: { region: 'asia', source: 'configuration' } },
  ],
});
const metrics = createMetrics();
const layers = [errorsAsRcodes(silentLogger), choosing(createChooser(places), countChosen(metrics))];
const handler = layers.reduceRight(
  (next, layer) => layer(next),
  authoritative({ current: () => zoneSet([zone]), onChange: () => () => undefined })(refuse),
);

function ask(name: string, option?: readonly number[], client = '198.51.100.1'): ComposedReply {
  const options = option === undefined ? [] : [{ code: 8, data: Buffer.from(option) }];
  const edns = { version: 0, udpSize: 1232, dnssecOk: false, options };
  const query: DnsQuery = { name, type: 'A', class: 1, recursionDesired: false, edns, transport: 'udp', client };
  const reply = handler(query, new AbortController().signal);
  if (reply instanceof Promise || 'relay' in reply) throw new TypeError('a reply of zones is composed at once');
  return reply;
}
const dataOf = ({ answers = [] }: ComposedReply) => answers.map(({ data }) => [...data].sort().join(' '));
const echoOf = ({ options = [] }: ComposedReply) => options.map(({ data }) => [...data]);

it('answers by the subnet of the client, and says how much of it counted', () => {
  const reply = ask('web.example.com', [0, 1, 24, 0, 203, 0, 113]);
  expect(dataOf(reply)).toEqual(['192.0.2.2 192.0.2.3']);
  expect(echoOf(reply)).toEqual([[0, 1, 24, 24, 203, 0, 113]]);
  const wide = ask('web.example.com', [0, 1, 24, 0, 127, 1, 7]);
  expect(dataOf(wide)).toEqual(['192.0.2.1']);
  expect(echoOf(wide)).toEqual([[0, 1, 24, 16, 127, 1, 7]]);
  expect(echoOf(ask('web.example.com', [0, 2, 40, 0, 0x20, 1, 0xd, 0xb8, 1]))).toEqual([
    [0, 2, 40, 32, 0x20, 1, 0xd, 0xb8, 1],
  ]);
});

it('answers by the resolver where there is no subnet, or none is to be known', () => {
  expect(dataOf(ask('web.example.com', undefined, '127.1.0.9'))).toEqual(['192.0.2.1']);
  const reply = ask('web.example.com', [0, 1, 0, 0], '127.1.0.9');
  expect(dataOf(reply)).toEqual(['192.0.2.1']);
  expect(echoOf(reply)).toEqual([[0, 1, 0, 0]]);
  expect(echoOf(ask('web.example.com', [0, 0, 0, 0]))).toEqual([[0, 0, 0, 0]]);
  expect(dataOf(ask('web.example.com'))).toEqual(['192.0.2.1 192.0.2.2 192.0.2.3']);
});

it('chooses at the end of a chain, and lets equally good ones go first in turn', () => {
  const firsts = new Set(
    Array.from({ length: 4 }, () => {
      const { answers = [] } = ask('alias.example.com', [0, 1, 24, 0, 203, 0, 113]);
      expect(answers.map(({ type }) => type)).toEqual(['CNAME', 'A']);
      return answers[1]!.data[0];
    }),
  );
  expect(firsts).toEqual(new Set(['192.0.2.2', '192.0.2.3']));
});

it('depends on no client where there is nothing to choose', () => {
  expect(echoOf(ask('plain.example.com', [0, 1, 24, 0, 203, 0, 113]))).toEqual([[0, 1, 24, 0, 203, 0, 113]]);
  expect(echoOf(ask('none.example.com', [0, 1, 24, 0, 203, 0, 113]))).toEqual([[0, 1, 24, 0, 203, 0, 113]]);
  expect(ask('plain.example.com').personal).toBeUndefined();
  expect(ask('web.example.com').personal).toBe(true);
});

it.each([
  ['cut short', [0, 1, 24]],
  ['an unknown family', [0, 3, 8, 0, 1]],
  ['a prefix longer than an address', [0, 1, 33, 0, 1, 2, 3, 4, 5]],
  ['a scope in a question', [0, 1, 24, 24, 203, 0, 113]],
  ['too few bytes', [0, 1, 24, 0, 203, 0]],
  ['too many bytes', [0, 1, 16, 0, 203, 0, 113]],
  ['bits beyond the prefix', [0, 1, 20, 0, 203, 0, 113]],
])('refuses a subnet that has %s', (_, option) => {
  expect(ask('web.example.com', option).rcode).toBe('FORMERR');
});

it('counts what it chose', async () => {
  ask('web.example.com');
  expect(await metrics.metrics()).toMatch(/dns_chosen_answers_total\{policy="nearest"\} [1-9]/);
});
