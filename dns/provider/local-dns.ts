import {
  aborted,
  C_CALLERS,
  start,
  type CCaller,
  type Registry,
  type Runnable,
} from '../../src/component-base/index.ts';
import { createChooser, createPlaces, type ChangingPlaces, type PlacesOptions } from '../choice/index.ts';
import {
  createDnsServer,
  explainAnswer,
  type AnswerExplanation,
  type DnsAddress,
  type DnsServerOptions,
  type GuardOptions,
  type LoggedQuery,
  QueryLog,
  type QuestionToExplain,
} from '../server/index.ts';
import type { DnsProvider } from './dns-provider.ts';
import { createTransfers, type TransferOptions } from '../transfer/index.ts';
import { createLocalZones, type LocalZonesOptions } from './local-zones.ts';

type Protection = GuardOptions & Pick<DnsServerOptions, 'idleMs' | 'maxConnections' | 'maxConnectionsPerClient'>;

export interface LocalDnsOptions extends LocalZonesOptions {
  readonly host: string;
  /** Of UDP and TCP alike; 0 is any that is free for both. */
  readonly port: number;
  readonly metrics?: Registry;
  /** As of `DnsServerOptions`; all that there are. */
  readonly batchedBy?: readonly CCaller[];
  /** Threads that answer over UDP, each from a copy of the zones; without, it is this one. */
  readonly workers?: number;
  /** Where clients are, beside what is learned. */
  readonly places?: PlacesOptions;
  /** The latest questions are noted with the reasons for their answers: so many of them. It answers slower then. */
  readonly queryLog?: { readonly size: number };
  /** Whom it answers and how much. */
  readonly protection?: Protection;
  /** Copies for other servers, and changes that others make; none when absent. */
  readonly transfer?: TransferOptions;
}

/** Zones kept by this process, and the server that answers from them. */
export interface LocalDns extends DnsProvider, Runnable {
  /** Where it listens; throws before it is ready. */
  readonly address: DnsAddress;
  /** By which the nearest is found. */
  readonly places: ChangingPlaces;
  /** What would be answered now, and why. */
  explain(question: QuestionToExplain): AnswerExplanation;
  /** The latest questions first, of one name where it is given; `undefined` where they are not noted. */
  recentQueries(limit: number, name?: string): Promise<readonly LoggedQuery[] | undefined>;
}

/** Ready when the zones are loaded and served. `run` rejects as `createLocalZones` and `createDnsServer` do. */
export function createLocalDns(options: LocalDnsOptions): LocalDns {
  const zones = createLocalZones(options);
  const { host, port, clock, log, metrics, batchedBy = C_CALLERS, workers } = options;
  requireOwnZones(options);
  const transfers = options.transfer && createTransfers(options.transfer, { source: zones, clock, log, metrics });
  const places = createPlaces(options.places);
  const queryLog = options.queryLog && new QueryLog(options.queryLog.size);
  const server = createDnsServer({
    ...options.protection,
    zones,
    places,
    host,
    port,
    clock,
    log,
    batchedBy,
    ...(workers === undefined ? {} : { workers: { count: workers, places } }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(queryLog === undefined ? {} : { queryLog }),
    ...(transfers === undefined ? {} : { messages: transfers.messages }),
  });
  return {
    name: 'dns',
    get address() {
      return server.address;
    },
    places,
    explain: (question) => explainAnswer(zones.current(), createChooser(places), question),
    recentQueries: (limit, name) => server.recentQueries(limit, name),
    zone: (name, signal) => zones.zone(name, signal),
    run: async (signal, ready) => {
      // An answer before the zones are there would be a refusal.
      await using keeping = await start([zones], signal);
      await using serving = await start([server, ...(transfers === undefined ? [] : [transfers.notifier])], signal);
      ready();
      await Promise.race([keeping.done, serving.done, aborted(signal)]);
    },
  };
}

function requireOwnZones({ zones, transfer }: LocalDnsOptions): void {
  const other = transfer?.zones.find(({ zone }) => !zones.some(({ name }) => name === zone));
  if (other !== undefined) throw new TypeError(`transfers and updates: no zone ${other.zone} is kept here`);
}
