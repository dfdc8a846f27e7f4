import type { Clock } from '../../src/component-base/index.ts';
import { formatPrefix, type Asker, type Chooser } from '../choice/index.ts';
import { askerOf, choosableIn } from './choosing.ts';
import type { ComposedReply, DnsLayer, DnsQuery, DnsReply } from './dns-handler.ts';

/** A question that was answered, and why so. */
export interface LoggedQuery {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly transport: 'udp' | 'tcp';
  readonly client: string;
  /** What EDNS client subnet said, where it counts. */
  readonly subnet?: string;
  readonly name: string;
  readonly type: string;
  readonly rcode: string;
  /** `A 192.0.2.1`, in order. */
  readonly answers: readonly string[];
  /** Of an answer that was chosen for its client. */
  readonly scope?: number;
  readonly reasons?: readonly string[];
}

/** More records of an answer are not told. */
const MAX_ANSWERS = 16;

/** The latest questions, no more than so many. */
export class QueryLog {
  readonly size: number;
  readonly #entries: LoggedQuery[] = [];
  #next = 0;

  constructor(size: number) {
    this.size = size;
  }

  add(entry: LoggedQuery): void {
    this.#entries[this.#next] = entry;
    this.#next = (this.#next + 1) % this.size;
  }

  /** The latest first; of one name where it is given. */
  recent(limit: number, name?: string): readonly LoggedQuery[] {
    const inOrder = [...this.#entries.slice(this.#next), ...this.#entries.slice(0, this.#next)];
    const wanted = name === undefined ? inOrder : inOrder.filter((entry) => entry.name === name);
    return wanted.slice(-limit).reverse();
  }
}

/** Those of several logs, the latest first. */
export function latestOf(logs: readonly (readonly LoggedQuery[])[], limit: number): readonly LoggedQuery[] {
  return logs
    .flat()
    .sort((one, other) => other.at - one.at)
    .slice(0, limit);
}

/** Notes each question with its answer. */
export function logged(log: QueryLog, chooser: Pick<Chooser, 'explain'>, clock: Clock): DnsLayer {
  const note = (query: DnsQuery, reply: DnsReply): DnsReply => {
    log.add({ at: clock.now(), ...entryOf(query, reply), ...reasonsOf(query, reply, chooser) });
    return reply;
  };
  return (next) => (query, signal) => {
    const reply = next(query, signal);
    return reply instanceof Promise ? reply.then((later) => note(query, later)) : note(query, reply);
  };
}

function entryOf({ transport, client, name, type }: DnsQuery, reply: DnsReply): Omit<LoggedQuery, 'at'> {
  const { answers = [] }: Partial<ComposedReply> = 'relay' in reply ? {} : reply;
  const items = answers.flatMap((set) => set.data.map((item) => `${set.type} ${item}`));
  return { transport, client, name, type, rcode: reply.rcode, answers: items.slice(0, MAX_ANSWERS) };
}

function reasonsOf(
  query: DnsQuery,
  reply: DnsReply,
  chooser: Pick<Chooser, 'explain'>,
): Pick<LoggedQuery, 'subnet' | 'scope' | 'reasons'> {
  const chosenFrom = 'relay' in reply ? undefined : reply.chosenFrom;
  const choice = chosenFrom === undefined ? undefined : choosableIn(chosenFrom.reply)?.choice;
  const asker = choice === undefined ? undefined : askerOf(query);
  if (choice === undefined || asker === undefined) return {};
  const { scope, steps } = chooser.explain(choice, asker);
  return { scope, reasons: steps, ...subnetOf(asker) };
}

function subnetOf({ subnet }: Asker): Pick<LoggedQuery, 'subnet'> {
  return subnet === undefined ? {} : { subnet: formatPrefix(subnet) };
}
