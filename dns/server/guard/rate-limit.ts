import type { Clock } from '../../../src/component-base/index.ts';
import type { AddressList } from '../../access/index.ts';
import { parseClientAddress } from '../../choice/index.ts';
import type { KnownClient } from '../cache/quick-peer.ts';
import { accountOf, summaryOf, type AnswerKind, type AnswerSummary } from './answer-kind.ts';
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

interface Account {
  readonly tag: number;
  readonly perSecond: number;
  readonly seconds: number;
}

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
    const over = Math.max(0, ...this.#accounts(summaryOf(answer), address).map((account) => this.#spend(account)));
    if (over === 0) return 'send';
    return this.#slip > 0 && over % this.#slip === 0 ? 'truncate' : 'drop';
  }

  /** Whether an answer is within the limits; only then it counts. What is not is for `judge`. */
  grants(answer: AnswerSummary, { text, address }: KnownClient): boolean {
    if (address === undefined || this.#options.exempt?.has(text) === true) return true;
    const accounts = this.#accounts(answer, address.bytes);
    const table = this.#table;
    const granted = accounts.every(({ tag, perSecond, seconds }) => table.canSpend(tag, perSecond, seconds));
    if (granted) for (const account of accounts) this.#spend(account);
    return granted;
  }

  /** 0 within the limit, else how many times in a row it was beyond. */
  #spend({ tag, perSecond, seconds }: Account): number {
    return this.#table.spend(tag, perSecond, seconds);
  }

  /** What pays for an answer. */
  #accounts(answer: AnswerSummary, address: Uint8Array): readonly Account[] {
    const table = this.#table;
    const { ipv4PrefixLength = 24, ipv6PrefixLength = 56, allPerSecond } = this.#options;
    const seconds = Math.floor(this.#clock.now() / 1000);
    const network = table.hashPrefix(address, address.length === 4 ? ipv4PrefixLength : ipv6PrefixLength);
    const { kind, number, byName } = accountOf(answer);
    const tag = table.hash(network, number, byName ? answer.name : undefined);
    const own = { tag, perSecond: this.#rates[kind], seconds };
    return allPerSecond === undefined
      ? [own]
      : [own, { tag: table.hash(network, ALL), perSecond: allPerSecond, seconds }];
  }
}
