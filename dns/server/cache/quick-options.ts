import type { ClientAddress } from '../../choice/index.ts';
import { DnsError } from '../../packet/index.ts';
import { COOKIE_BYTES, type ServerCookies } from '../cookies/server-cookies.ts';
import { readClientSubnet } from '../edns/client-subnet.ts';
import { optionCodes } from '../edns/edns-option.ts';
import type { QuickPeer } from './quick-peer.ts';
import type { QuestionKey } from './question-key.ts';

const HEAD_BYTES = 4;
const MAX_SUBNET_BYTES = 20;
const SCOPE_AT = 3;
const MAX_KNOWN_SUBNETS = 4096;

interface OptionsOf {
  readonly key: QuestionKey;
  readonly peer: QuickPeer;
}

/** What is understood without more effort of the options of a question, and the options of its answer. */
export class QuickOptions {
  /** Of the options of the answer. */
  length = 0;
  /** Of the client, where the question tells it. */
  subnet: ClientAddress | undefined;
  readonly #bytes = Buffer.alloc(HEAD_BYTES + MAX_SUBNET_BYTES + HEAD_BYTES + COOKIE_BYTES);
  readonly #cookies: ServerCookies | undefined;
  readonly #subnets = new Map<string, ClientAddress | undefined>();
  #scopeAt = -1;

  constructor(cookies: ServerCookies | undefined) {
    this.#cookies = cookies;
  }

  /** False where there are others than a client subnet and a cookie, or these are not as they should be. */
  read(packet: Buffer, start: number, of: OptionsOf): boolean {
    this.length = 0;
    this.subnet = undefined;
    this.#scopeAt = -1;
    const end = start + of.key.optionsEnd;
    for (let at = start + of.key.optionsStart; at < end;) {
      const data = at + HEAD_BYTES;
      const dataEnd = data > end ? data : data + packet.readUInt16BE(at + 2);
      if (dataEnd > end || !this.#readOption(packet.readUInt16BE(at), packet.subarray(data, dataEnd), of)) return false;
      at = dataEnd;
    }
    return true;
  }

  /** Says how many bits of the subnet the answer depends on. */
  scope(bits: number): void {
    if (this.#scopeAt !== -1) this.#bytes[this.#scopeAt] = bits;
  }

  copyTo(target: Buffer, at: number): void {
    this.#bytes.copy(target, at, 0, this.length);
  }

  #readOption(code: number, data: Buffer, { key, peer }: OptionsOf): boolean {
    switch (code) {
      case optionCodes.clientSubnet:
        return this.#scopeAt === -1 && this.#readSubnet(data);
      case optionCodes.cookie:
        return this.#cookies !== undefined && this.#answerCookie(this.#cookies, data, { key, peer });
      default:
        return false;
    }
  }

  #readSubnet(data: Buffer): boolean {
    if (data.length > MAX_SUBNET_BYTES) return false;
    const text = data.toString('latin1');
    if (this.#subnets.has(text)) this.subnet = this.#subnets.get(text);
    else {
      try {
        this.subnet = readClientSubnet(data).subnet;
      } catch (err) {
        if (err instanceof DnsError) return false;
        throw err;
      }
      if (this.#subnets.size >= MAX_KNOWN_SUBNETS) this.#subnets.clear();
      this.#subnets.set(text, this.subnet);
    }
    this.#scopeAt = this.length + HEAD_BYTES + SCOPE_AT;
    this.#begin(optionCodes.clientSubnet, data.length);
    this.#bytes.set(data, this.length);
    this.length += data.length;
    return true;
  }

  #answerCookie(cookies: ServerCookies, data: Buffer, { peer }: OptionsOf): boolean {
    const address = peer.address();
    if (address === undefined || this.length + HEAD_BYTES + COOKIE_BYTES > this.#bytes.length) return false;
    this.#begin(optionCodes.cookie, COOKIE_BYTES);
    const verdict = cookies.answer(data, address.bytes, this.#bytes.subarray(this.length));
    this.length += COOKIE_BYTES;
    return verdict === 'good' || (verdict === 'unknown' && !(cookies.required && peer.transport === 'udp'));
  }

  #begin(code: number, length: number): void {
    this.#bytes.writeUInt16BE(code, this.length);
    this.#bytes.writeUInt16BE(length, this.length + 2);
    this.length += HEAD_BYTES;
  }
}
