import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalDns, type LocalDns } from '../../../dns/provider/index.ts';
import { silentLogger as log, start, systemClock as clock, type Running } from '../../../src/component-base/index.ts';
import { startBind } from '../../harness/bind.ts';
import type { DnsProcess } from '../../harness/dns-process.ts';
import { withoutDnsServers } from '../../harness/dns-servers.ts';
import { askTcp, askUdp, decodeMessage, questionPacket, type DecodedMessage } from '../../harness/dns-wire.ts';
import { startKnot } from '../../harness/knot.ts';
import { startNsd } from '../../harness/nsd.ts';
import { manyKinds, masterLines } from '../../harness/dns-many-kinds.ts';
import { questions, type Judge } from './questions.ts';

const zone = 'example.com';

async function own(): Promise<{ readonly dns: LocalDns; readonly running: Running }> {
  const nameservers = [{ name: `ns1.${zone}`, addresses: ['192.0.2.53'] }];
  const dns = createLocalDns({ zones: [{ name: zone, nameservers }], host: '127.0.0.1', port: 0, clock, log });
  const running = await start([dns]);
  await (await dns.zone(zone)).apply({ upsert: manyKinds, remove: [] });
  return { dns, running };
}

/** The zone as we serve it, for the others to serve the same. */
async function textOf(port: number): Promise<string> {
  const soa = await askUdp(port, questionPacket(zone, { type: 6 }));
  const [, ttl, , , primary, mailbox, ...numbers] = (soa ? decodeMessage(soa).answer[0] : '')?.split(' ') ?? [];
  const lines = [
    `${zone}. ${ttl} IN SOA ${primary}. ${mailbox}. ${numbers.join(' ')}`,
    `${zone}. ${ttl} IN NS ns1.${zone}.`,
    `ns1.${zone}. ${ttl} IN A 192.0.2.53`,
    ...manyKinds.flatMap(masterLines),
  ];
  return `${lines.join('\n')}\n`;
}

describe.skipIf(withoutDnsServers('named', 'knotd', 'nsd'))('the same question to the same zone', () => {
  const servers = new Map<Judge, DnsProcess>();
  let ours: Awaited<ReturnType<typeof own>>;

  beforeAll(async () => {
    ours = await own();
    const zones = [{ name: zone, text: await textOf(ours.dns.address.port) }];
    servers.set('knot', await startKnot({ zones }));
    servers.set('bind', await startBind({ zones, options: 'minimal-responses yes; check-names primary ignore;' }));
    servers.set('nsd', await startNsd({ zones }));
  });

  afterAll(async () => {
    for (const server of servers.values()) await server[Symbol.asyncDispose]();
    await ours.running.stop();
  });

  it.each(questions)('$what', async ({ packet, transport, unlike }) => {
    const ask = transport === 'udp' ? askUdp : askTcp;
    const answerOf = async (port: number) => {
      const answer = await ask(port, packet);
      return answer && decodeMessage(answer);
    };
    const mine = await answerOf(ours.dns.address.port);
    for (const [judge, server] of servers) {
      const [own, other] = [mine, await answerOf(server.port)].map((message) => message && essence(message, judge));
      if (judge in unlike) expect(own, `${judge} answers alike by now`).not.toEqual(other);
      else expect(own, `unlike ${judge}`).toEqual(other);
    }
  });
});

/** What has to be the same. Sizes of buffers and options of its own are each server's business. */
function essence({ edns, ...message }: DecodedMessage, judge: Judge): unknown {
  const same = { ...message, edns: edns && { version: edns.version, dnssecOk: edns.dnssecOk } };
  // NSD tells everybody the name servers of the zone.
  return judge === 'nsd' && message.answer.length > 0 ? { ...same, authority: [], additional: [] } : same;
}
