import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../src/component-base/index.ts';
import { ServerCookies } from '../cookies/server-cookies.ts';
import { optionBytes, optionCodes, readOptions, type EdnsOption } from './edns-option.ts';
import { serverEdns, type AskedWithEdns } from './server-edns.ts';

const { cookie, nameServerId, tcpKeepalive } = optionCodes;
const option = (code: number, text = ''): EdnsOption => ({ code, data: Buffer.from(text, 'hex') });

const asked = (transport: 'udp' | 'tcp', ...options: EdnsOption[]): AskedWithEdns => ({
  transport,
  client: '192.0.2.1',
  edns: { version: 0, udpSize: 1232, dnssecOk: false, options },
});

const cookies = new ServerCookies({}, new FakeClock());
const strict = new ServerCookies({ required: true }, new FakeClock());
const codes = (say: { readonly options: readonly EdnsOption[] }) => say.options.map(({ code }) => code);
const client = '0102030405060708';

describe('options of the server itself', () => {
  const own = serverEdns({ cookies, nameServerId: 'ns1', idleMs: 10_000 });

  it('are not said without being asked for', () => {
    expect(own({ transport: 'udp', client: '192.0.2.1', edns: undefined }).options).toEqual([]);
    expect(own(asked('tcp')).options).toEqual([]);
    expect(own(asked('tcp', option(65_001, 'aa'))).options).toEqual([]);
  });

  it('tell its name and how long a connection may be idle', () => {
    const say = own(asked('tcp', option(nameServerId), option(tcpKeepalive)));
    expect(optionBytes(say.options).toString('hex')).toBe('00030003' + '6e7331' + '000b0002' + '0064');
    expect(readOptions(optionBytes(say.options))).toEqual(say.options);
  });

  it('tell nothing that is not so', () => {
    const silent = serverEdns({ idleMs: 10_000 });
    expect(silent(asked('udp', option(nameServerId), option(tcpKeepalive), option(cookie, client)))).toEqual({
      options: [],
    });
  });

  it('are malformed questions when the client says how long', () => {
    expect(own(asked('tcp', option(tcpKeepalive, '0064'))).rcode).toBe('FORMERR');
    expect(own(asked('udp', option(tcpKeepalive, '0064'))).rcode).toBeUndefined();
  });
});

describe('cookies', () => {
  const own = serverEdns({ cookies, idleMs: 10_000 });

  it('are given, known again, and malformed ones refused', () => {
    const first = own(asked('udp', option(cookie, client)));
    expect([first.rcode, first.cookieGood, codes(first)]).toEqual([undefined, false, [cookie]]);
    const again = own(asked('udp', ...first.options));
    expect([again.rcode, again.cookieGood, codes(again)]).toEqual([undefined, true, [cookie]]);
    expect(own(asked('udp', option(cookie, '01'))).rcode).toBe('FORMERR');
  });

  it('are asked for where they are required, but not on a connection', () => {
    const needing = serverEdns({ cookies: strict, idleMs: 10_000 });
    const first = needing(asked('udp', option(cookie, client)));
    expect([first.rcode, codes(first)]).toEqual(['BADCOOKIE', [cookie]]);
    expect(needing(asked('udp', ...first.options)).rcode).toBeUndefined();
    expect(needing(asked('tcp', option(cookie, client))).rcode).toBeUndefined();
  });

  it('are bound to the address', () => {
    const { options } = own(asked('udp', option(cookie, client)));
    expect(own({ ...asked('udp', ...options), client: '::ffff:192.0.2.1' }).cookieGood).toBe(true);
    expect(own({ ...asked('udp', ...options), client: '192.0.2.2' }).cookieGood).toBe(false);
    expect(own({ ...asked('udp', ...options), client: '' }).options).toEqual([]);
  });
});
