import type { RecordSet } from '../../dns/provider/index.ts';

const set = (name: string, type: RecordSet['type'], ...data: string[]): RecordSet => ({
  name: name === '@' ? 'example.com' : `${name}.example.com`,
  type,
  ttlSeconds: 300,
  data,
});

/** A zone with one of everything that makes servers differ. */
export const manyKinds: readonly RecordSet[] = [
  set('@', 'A', '192.0.2.80'),
  set('@', 'MX', '10 mail.example.com', '20 mx.example.net'),
  set('@', 'TXT', 'v=spf1 -all'),
  set('@', 'CAA', '0 issue "ca.example.net"'),
  set('www', 'A', '192.0.2.1', '192.0.2.2', '192.0.2.3'),
  set('www', 'AAAA', '2001:db8::1'),
  set('mail', 'A', '192.0.2.25'),
  set('mail', 'AAAA', '2001:db8::25'),
  set('one', 'CNAME', 'two.example.com'),
  set('two', 'CNAME', 'www.example.com'),
  set('away', 'CNAME', 'www.example.net'),
  set('dangling', 'CNAME', 'nothing.example.com'),
  set('empty', 'CNAME', 'mail.example.com'),
  set('loop-a', 'CNAME', 'loop-b.example.com'),
  set('loop-b', 'CNAME', 'loop-a.example.com'),
  set('self', 'CNAME', 'self.example.com'),
  set('into-cut', 'CNAME', 'host.sub.example.com'),
  set('to-wild', 'CNAME', 'any.wild.example.com'),
  set('*.wild', 'A', '192.0.2.42'),
  set('*.wild', 'TXT', 'wild'),
  set('there.wild', 'TXT', 'there'),
  set('a.b.wild', 'A', '192.0.2.43'),
  set('*.alias', 'CNAME', 'www.example.com'),
  set('deep.under.nothing', 'A', '192.0.2.44'),
  set('sub', 'NS', 'ns1.sub.example.com', 'ns2.sub.example.com', 'ns.example.net'),
  set('ns1.sub', 'A', '192.0.2.53'),
  set('ns2.sub', 'AAAA', '2001:db8::53'),
  set('big', 'NS', ...Array.from({ length: 12 }, (_, at) => `a-rather-long-name-${at}.big.example.com`)),
  ...Array.from({ length: 12 }, (_, at) => set(`a-rather-long-name-${at}.big`, 'A', `192.0.2.${100 + at}`)),
  ...Array.from({ length: 12 }, (_, at) => set(`a-rather-long-name-${at}.big`, 'AAAA', `2001:db8::${100 + at}`)),
  set('lame', 'NS', 'ns.example.net'),
  set('beside', 'NS', 'ns1.sub.example.com', 'mail.example.com'),
  set('_sip._tcp', 'SRV', '0 5 5060 mail.example.com', '1 5 5060 sip.example.net'),
  set('_none._tcp', 'SRV', '0 0 0 .'),
  set('svc', 'HTTPS', '1 . alpn=h2,h3 ipv4hint=192.0.2.7', '2 mail.example.com port=8443'),
  set('svcalias', 'HTTPS', '0 www.example.com'),
  set('_8443._foo', 'SVCB', '1 www.example.com alpn=bar port=8004'),
  set('strings', 'TXT', '"one" "two" "with \\"quotes\\" and \\\\"', 'x'.repeat(300)),
  set('1.2', 'PTR', 'www.example.com'),
  set('unknown', 'TYPE65280', '\\# 4 0a000001'),
  set('large', 'A', ...Array.from({ length: 100 }, (_, at) => `198.51.100.${at}`)),
  set('medium', 'TXT', 'y'.repeat(255), 'z'.repeat(255)),
];

/** A set as a master file has it. */
export function masterLines({ name, type, ttlSeconds, data }: RecordSet): string[] {
  return data.map((item) => `${name}. ${ttlSeconds} IN ${type} ${masterData(type, item)}`);
}

/** How many words of the data come before the name in it, where it has one. */
const nameAt: Readonly<Record<string, number>> = { CNAME: 0, NS: 0, PTR: 0, MX: 1, SRV: 3, SVCB: 1, HTTPS: 1 };

function masterData(type: string, item: string): string {
  if (type === 'TXT' && !item.startsWith('"')) {
    return (item.match(/.{1,255}/g) ?? []).map((part) => `"${part}"`).join(' ');
  }
  const at = nameAt[type];
  if (at === undefined) return item;
  return item
    .split(' ')
    .map((word, index) => (index === at && word !== '.' ? `${word}.` : word))
    .join(' ');
}
