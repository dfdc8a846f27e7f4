import { parseClientAddress } from '../../choice/index.ts';
import { COOKIE_BYTES, type ServerCookies } from '../cookies/server-cookies.ts';
import type { DnsQuery } from '../dns-handler.ts';
import { optionCodes, optionData, type EdnsOption } from './edns-option.ts';

export interface ServerEdnsOptions {
  /** Without, cookies of clients are passed over. */
  readonly cookies?: ServerCookies | undefined;
  /** What this server is called where there are several at one address (RFC 5001); it says nothing without. */
  readonly nameServerId?: string | undefined;
  /** How long a connection may be idle, told to clients that ask for it (RFC 7828). */
  readonly idleMs: number;
}

/** What the server itself has to say to a question, whatever the answer. */
export interface OwnSay {
  /** The question is refused with this. */
  readonly rcode?: 'FORMERR' | 'BADCOOKIE';
  readonly options: readonly EdnsOption[];
  /** The client showed a cookie that we gave to this address: it is where it says it is. */
  readonly cookieGood?: boolean;
}

export type OwnEdns = (query: AskedWithEdns) => OwnSay;

export type AskedWithEdns = Pick<DnsQuery, 'edns' | 'transport' | 'client'>;

const nothing: OwnSay = { options: [] };

/** Minds no options. */
export const noOwnEdns: OwnEdns = () => nothing;

/** Handles the options of a question that are no business of a handler's. */
export function serverEdns({ cookies, nameServerId, idleMs }: ServerEdnsOptions): OwnEdns {
  const identity = nameServerId === undefined ? undefined : Buffer.from(nameServerId);
  return ({ edns, transport, client }) => {
    if (edns === undefined || edns.options.length === 0) return nothing;
    const options: EdnsOption[] = [];
    const identityAsked = optionData(edns.options, optionCodes.nameServerId);
    if (identity !== undefined && identityAsked !== undefined) {
      options.push({ code: optionCodes.nameServerId, data: identity });
    }
    const keepalive = optionData(edns.options, optionCodes.tcpKeepalive);
    // Over UDP it means nothing (RFC 7828 §3.2.1).
    if (keepalive !== undefined && transport === 'tcp') {
      if (keepalive.length > 0) return { rcode: 'FORMERR', options: [] };
      options.push(idleOption(idleMs));
    }
    const cookie = optionData(edns.options, optionCodes.cookie);
    if (cookie === undefined || cookies === undefined) return { options };
    return withCookie(cookies, { cookie, options, transport, client });
  };
}

interface CookieAsked extends Pick<DnsQuery, 'transport' | 'client'> {
  readonly cookie: Buffer;
  readonly options: readonly EdnsOption[];
}

function withCookie(cookies: ServerCookies, { cookie, options, transport, client }: CookieAsked): OwnSay {
  const address = parseClientAddress(client)?.bytes;
  if (address === undefined) return { options };
  const data = Buffer.allocUnsafe(COOKIE_BYTES);
  const verdict = cookies.answer(cookie, address, data);
  if (verdict === 'malformed') return { rcode: 'FORMERR', options: [] };
  const all = [...options, { code: optionCodes.cookie, data }];
  // Who has a connection is where it says it is.
  if (verdict === 'unknown' && cookies.required && transport === 'udp') return { rcode: 'BADCOOKIE', options: all };
  return { options: all, cookieGood: verdict === 'good' };
}

const MAX_IDLE_UNITS = 0xffff;

/** In units of 100 ms. */
function idleOption(idleMs: number): EdnsOption {
  const data = Buffer.allocUnsafe(2);
  data.writeUInt16BE(Math.min(Math.floor(idleMs / 100), MAX_IDLE_UNITS));
  return { code: optionCodes.tcpKeepalive, data };
}
