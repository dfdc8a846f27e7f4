import { expect, it } from 'vitest';
import { createDnsServer, type DnsServerOptions } from '../../../dns/server/index.ts';
import { silentLogger as log, start, systemClock as clock } from '../../../src/component-base/index.ts';
import { startBind } from '../../harness/bind.ts';
import { withoutDnsServers } from '../../harness/dns-servers.ts';
import { dig, digMissing } from '../dig.ts';

const host = '127.0.0.1';
const secret = 'e5e973e5a6b2a43f48e7dc849e37bfcf';
const text = [
  'example.com. 60 IN SOA ns1.example.com. root.example.com. 1 60 30 600 5',
  'example.com. 60 IN NS ns1.example.com.',
  'ns1.example.com. 60 IN A 192.0.2.53',
  '',
].join('\n');

function ours(cookies: NonNullable<DnsServerOptions['cookies']>) {
  const handler = () => ({ rcode: 'NOERROR' }) as const;
  return createDnsServer({ handler, host, port: 0, clock, log, cookies });
}

const cookieOf = (answer: string) => /COOKIE: ([0-9a-f]{48})/.exec(answer)?.[1] ?? '';

it.skipIf(digMissing || withoutDnsServers('named'))('BIND and our server take the cookies of each other', async () => {
  await using bind = await startBind({
    zones: [{ name: 'example.com', text }],
    options: `cookie-secret "${secret}"; require-server-cookie yes;`,
  });
  const server = ours({ secrets: [Buffer.from(secret, 'hex')], required: true });
  await using _running = await start([server]);
  const places = [server.address, { host, port: bind.port }];
  for (const [first, second] of [places, places.toReversed()]) {
    if (first === undefined || second === undefined) throw new Error('two servers');
    const question = ['example.com', 'SOA', '+nobadcookie'];
    const refused = await dig(first, [...question, '+cookie=0102030405060708']);
    expect(refused).toMatch(/status: BADCOOKIE/);
    expect(await dig(second, [...question, `+cookie=${cookieOf(refused)}`])).toMatch(/status: NOERROR/);
  }
});

it.skipIf(digMissing)('dig comes again with the cookie that it is given', async () => {
  const server = ours({ required: true });
  await using _running = await start([server]);
  expect(await dig(server.address, ['example.com', 'SOA'])).toMatch(/BADCOOKIE, retrying[^]*status: NOERROR/);
  expect(await dig(server.address, ['example.com', 'SOA', '+nocookie'])).toMatch(/status: NOERROR/);
});
