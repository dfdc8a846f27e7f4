import { typeNumber } from '../../../dns/packet/index.ts';
import type { RecordType } from '../../../dns/provider/index.ts';
import { questionPacket, type QuestionOptions } from '../../harness/dns-wire.ts';

export type Judge = 'knot' | 'bind' | 'nsd';

/** A question that several servers are asked. */
export interface JudgedQuestion {
  readonly what: string;
  readonly packet: Buffer;
  readonly transport: 'udp' | 'tcp';
  /** Who answers otherwise, and why we do not do as they do. */
  readonly unlike: Readonly<Partial<Record<Judge, string>>>;
}

interface Asking extends QuestionOptions {
  readonly transport?: 'udp' | 'tcp';
  readonly unlike?: JudgedQuestion['unlike'];
}

type AskedType = RecordType | 'SOA' | 'ANY' | number;

/** Names are below example.com, `@` is the zone itself; those that end with a dot are as they are. */
function ask(
  name: string,
  type: AskedType,
  { unlike = {}, transport = 'udp', ...options }: Asking = {},
): JudgedQuestion {
  const full = name === '@' ? 'example.com' : name.endsWith('.') ? name : `${name}.example.com`;
  const number = typeof type === 'number' ? type : typeNumber(type);
  return {
    what: [name, type, JSON.stringify(options), transport].join(' '),
    packet: questionPacket(full, { type: number, udpSize: 1232, ...options }),
    transport,
    unlike,
  };
}

const asks = (names: string, types: string, options?: Asking): JudgedQuestion[] =>
  names.split(' ').flatMap((name) => types.split(' ').map((type) => ask(name, type as RecordType, options))); // @NOTE written so below

const courtesy = { unlike: { bind: 'leaves out what is only a courtesy' } };
const loops = { unlike: { bind: 'calls it SERVFAIL' } };
const metaType = { unlike: { bind: 'knows that no zone has such a type' } };
const otherOpcode = { unlike: { bind: 'does not repeat the question', nsd: 'gives back nothing but a header' } };
const trailing = {
  unlike: { bind: 'overlooks what is too much', nsd: 'overlooks what is too much', knot: 'answers without EDNS' },
};
const malformedOption = { unlike: { knot: 'overlooks it', nsd: 'overlooks it' } };
const brokenOptions = { unlike: { nsd: 'does not repeat the question' } };
const noClass = { unlike: { bind: 'calls it FORMERR', nsd: 'does not repeat the question' } };

const content = [
  ...asks('@', 'A SOA NS TXT CAA AAAA PTR'),
  ...asks('www', 'A AAAA TXT'),
  ...asks('wWw nothing nothing.www one away dangling into-cut to-wild below.one', 'A'),
  ...asks('one', 'AAAA CNAME TXT'),
  ...asks('empty', 'TXT AAAA'),
  ...asks('loop-a self', 'A', loops),
  ...asks('self', 'CNAME'),
  ...asks('x.wild', 'A TXT AAAA'),
  ...asks('x.y.wild there.wild x.there.wild b.wild c.b.wild a.b.wild *.wild wild', 'A TXT'),
  ...asks('x.alias', 'A AAAA CNAME'),
  ...asks('nothing under.nothing deep.under.nothing other.under.nothing', 'A TXT'),
  ...asks('2 1.2', 'PTR'),
  ...asks('strings', 'TXT'),
  ...asks('. com. www.example.net. example.com.example.net.', 'NS'),
  ask('unknown', 65_280),
  ask('unknown', 65_281),
  ask('www', 99),
];

const delegations = [
  ...asks('sub', 'A NS SOA'),
  ...asks('host.sub ns1.sub deep.host.sub lame x.lame x.big', 'A'),
  ...asks('ns2.sub', 'AAAA'),
  ask('sub', 'ANY'),
  ask('sub', 43),
  ask('www.sub', 43),
  ask('x.big', 'A', {
    udpSize: 512,
    unlike: { bind: 'leaves out glue and does not say so', nsd: 'leaves out glue and does not say so' },
  }),
  ask('beside', 'A', { unlike: { bind: 'gives addresses only of servers that are delegated too' } }),
];

const alongside = [
  ...asks('@', 'MX', courtesy),
  ...asks('_sip._tcp', 'SRV', courtesy),
  ...asks('_none._tcp _tcp', 'SRV'),
  ...asks('svc svcalias', 'HTTPS', courtesy),
  ...asks('_8443._foo', 'SVCB', courtesy),
];

const sizes = [
  ...[100, 512, 1232, 4096].map((udpSize) => ask('large', 'A', { udpSize })),
  ask('medium', 'TXT', { udpSize: 512 }),
  ...asks('large strings nothing sub', 'A', { transport: 'tcp' }),
  ask('large', 'A', { transport: 'tcp', dnssecOk: true }),
];

const any = [
  ask('www', 'ANY', { unlike: { bind: 'gives all there is' } }),
  ask('x.wild', 'ANY', { unlike: { bind: 'gives all there is' } }),
  ...asks('nothing one', 'ANY'),
];

const protocol = [
  ask('www', 'A', { recursionDesired: true }),
  ask('www', 'A', { dnssecOk: true }),
  ask('www', 'A', { checkingDisabled: true, unlike: { knot: 'forgets it', nsd: 'forgets it' } }),
  ask('www', 'A', { class: 3 }),
  ask('www', 'A', { class: 254, ...noClass }),
  ask('www', 'A', { class: 0, ...noClass }),
  ask('www', 'A', { version: 1 }),
  ask('nothing', 'A', { version: 255 }),
  ask('www.example.net.', 'A', { version: 1 }),
  ask('www', 'A', { options: [0xff, 0xfe, 0, 2, 1, 2] }),
  ask('www', 'A', { options: [0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2] }),
  ask('www', 'A', { options: [0, 11, 0, 0] }),
  ask('www', 'A', { options: [0, 3, 0, 9, 1], ...brokenOptions }),
  ask('www', 'A', { options: [0, 3], ...brokenOptions }),
  ask('www', 'A', { options: [0, 10, 0, 1, 1], ...malformedOption }),
  ask('www', 'A', { options: [0, 8, 0, 4, 0, 1, 33, 0], ...malformedOption }),
  ...[41, 249, 250, 253, 254].map((type) => ask('www', type, metaType)),
  ask('www', 0, { unlike: { knot: 'has not implemented it' } }),
  ask('www', 65_535),
  ask('www', 46),
  ...[1, 2, 3, 6, 7, 15].map((opcode) => ask('@', 'SOA', { opcode, ...otherOpcode })),
  ask('www', 'A', { questions: 0, unlike: { nsd: 'sees nothing wrong' } }),
  ask('www', 'A', { questions: 2, unlike: { knot: 'says nothing' } }),
  ask('www', 'A', { tail: [1], ...trailing }),
  ask('www', 'A', { tail: Array.from({ length: 20 }, () => 0), ...trailing }),
];

export const questions: readonly JudgedQuestion[] = [
  ...content,
  ...delegations,
  ...alongside,
  ...sizes,
  ...any,
  ...protocol,
];
