import { expect, it } from 'vitest';
import { parsePeers, parseReport, type Peers, type Report } from './documents.ts';

const report: Report = {
  federation: 'f',
  cluster: 'east',
  sequence: 7,
  shards: [{ cluster: 'west', service: 'shop/web', host: 'h', state: 'unreachable', since: 5, reason: 'refused' }],
};
const peers: Peers = {
  federation: 'f',
  cluster: 'east',
  timings: {
    intervalMs: 1,
    retryMs: 1,
    timeoutMs: 1,
    failureThreshold: 1,
    refusedMs: 1,
    silentMs: 1,
    recoveryThreshold: 1,
  },
  targets: [
    { cluster: 'west', service: 'shop/web', host: 'h', ports: [80], check: { kind: 'tcp' } },
    { cluster: 'west', service: 'shop/api', host: 'h', ports: [443], check: { kind: 'https', path: '/ok' } },
  ],
  paths: [{ cluster: 'west', server: 'https://w', ca: 'c', token: 't' }],
};

it('reads what it wrote', () => {
  expect(parseReport(JSON.stringify(report))).toEqual(report);
  expect(parsePeers(JSON.stringify(peers))).toEqual(peers);
});

it('reads how long others take to answer, where a report says so', () => {
  const timed = { ...report, answerMs: { west: 90, north: 'far', south: -1 } };
  expect(parseReport(JSON.stringify(timed)).answerMs).toEqual({ west: 90 });
  expect(() => parseReport(JSON.stringify({ ...report, answerMs: 5 }))).toThrow(Error);
});

it.each([
  ['nothing', ''],
  ['a list', '[]'],
  ['no shards', JSON.stringify({ ...report, shards: 'none' })],
  ['a sequence that is no number', JSON.stringify({ ...report, sequence: 'last' })],
  ['a shard without a name', JSON.stringify({ ...report, shards: [{}] })],
])('refuses a report that is %s', (_what, text) => {
  expect(() => parseReport(text)).toThrow(Error);
});

it.each([
  ['a check that there is not', { targets: [{ ...peers.targets[0], check: { kind: 'udp' } }] }],
  ['timings left out', { timings: {} }],
  ['a path without token', { paths: [{ cluster: 'west', server: 's', ca: 'c' }] }],
])('refuses peers with %s', (_what, change) => {
  expect(() => parsePeers(JSON.stringify({ ...peers, ...change }))).toThrow(Error);
});
