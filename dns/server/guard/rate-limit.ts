import type { Clock } from '../../../src/component-base/index.ts';
import type { AddressList } from '../../access/index.ts';
import { parseClientAddress } from '../../choice/index.ts';
import { HEADER_BYTES } from '../../packet/index.ts';
import { kindOf, type AnswerKind } from './answer-kind.ts';
import { CreditTable } from './credit-table.ts';

/** How many answers one network may have each second, over UDP; as name servers use to limit them. */
export interface RateLimitOptions {
  /** The same answer: to one name. */
  readonly responsesPerSecond: number;
  /** Where nothing else is said: `responsesPerSecond`. */
  readonly referralsPerSecond?: number;
  readonly nodataPerSecond?: number;
  readonly nxdomainsPerSecond?: number;
  readonly errorsPerSecond?: number;
  /** Whatever they are; no limit when absent. */
  readonly allPerSecond?: number;
  /** Who went over a limit pays for as many seconds, at most; 15. */
  readonly windowSeconds?: number;
  /** Every so many-th answer over a limit is sent cut short, so that honest clients come again by TCP; 0 is none; 2. */
  readonly slip?: number;
  /** What is one network: 24 and 56. */
  readonly ipv4PrefixLength?: number;
  readonly ipv6PrefixLength?: number;
  readonly exempt?: AddressList;
  /** Accounts that are kept; the least used make room; 20,000. */
  readonly tableSize?: number;
  /** Only counts what would not have been sent. */
  readonly logOnly?: boolean;
}

export type Verdict = 'send' | 'drop' | 'truncate';

/** Accounts for all kinds of answers together; no `AnswerKind` has it. */
const ALL = 255;

/** Keeps count of the answers of each network (as BIND's response rate limiting). */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #clock: Clock;
  readonly #rates: Readonly<Record<AnswerKind, number>>;
  readonly #table: CreditTable;
  readonly #slip: number;

  constructor(options: RateLimitOptions, clock: Clock) {
    const { responsesPerSecond: usual, windowSeconds = 15, slip = 2, tableSize = 20_000 } = options;
    this.#options = options;
    this.#clock = clock;
    this.#slip = slip;
    this.#rates = {
      answer: usual,
      referral: options.referralsPerSecond ?? usual,
      nodata: options.nodataPerSecond ?? usual,
      nxdomain: options.nxdomainsPerSecond ?? usual,
      error: options.errorsPerSecond ?? usual,
    };
    this.#table = new CreditTable({ size: tableSize, windowSeconds, seed: Math.floor(clock.random() * 0x1_0000_0000) });
  }

  get logOnly(): boolean {
    return this.#options.logOnly ?? false;
  }

  /** What becomes of `answer`, which is ours, to the address of a client. */
  judge(answer: Buffer, client: string): Verdict {
    if (this.#options.exempt?.has(client) === true) return 'send';
    const address = parseClientAddress(client)?.bytes;
    if (address === undefined) return 'send';
    const over = this.#spend(answer, address);
    if (over === 0) return 'send';
    return this.#slip > 0 && over % this.#slip === 0 ? 'truncate' : 'drop';
  }

  /** 0 within the limits, else how many times in a row it was beyond one. */
  #spend(answer: Buffer, address: Uint8Array): number {
    const table = this.#table;
    const { ipv4PrefixLength = 24, ipv6PrefixLength = 56, allPerSecond } = this.#options;
    const seconds = Math.floor(this.#clock.now() / 1000);
    const network = table.hashPrefix(address, address.length === 4 ? ipv4PrefixLength : ipv6PrefixLength);
    const { kind, number, nameEnd } = kindOf(answer);
    const account = table.hash(network, number, answer.subarray(HEADER_BYTES, nameEnd));
    const over = table.spend(account, this.#rates[kind], seconds);
    if (allPerSecond === undefined) return over;
    return Math.max(over, table.spend(table.hash(network, ALL), allPerSecond, seconds));
  }
}
