import type { Server } from 'node:net';
import type { Clock, Logger, Registry, Runnable } from '../../src/component-base/index.ts';
import type { ZoneSource } from '../zone/index.ts';
import { createChooser, createPlaces, type PlaceSource } from '../choice/index.ts';
import { authoritative } from './authoritative.ts';
import { countChosen } from './choice-metrics.ts';
import type { QuickContent } from './cache/create-quick-answers.ts';
import { chaos } from './chaos.ts';
import { choosing } from './choosing.ts';
import type { DnsAddress } from './dns-address.ts';
import type { DnsHandler } from './dns-handler.ts';
import { createDnsMetrics, type DnsMetrics } from './dns-metrics.ts';
import { guardedResponder, type GuardOptions } from './guard/guarded-responder.ts';
import {
  bounded,
  errorsAsRcodes,
  measured,
  noTransfers,
  onlyEdnsVersion0,
  onlyInternetClass,
  refuse,
} from './layers.ts';
import { ListenError } from './listen-error.ts';
import type { MessageHandler } from './message-handler.ts';
import { logged, type QueryLog } from './query-log.ts';
import { bindTcp, serveTcp } from './tcp-listener.ts';
import { bindUdp, type UdpListener } from './udp-listener.ts';

/** What answers: zones, or a handler of one's own, which may be asked again only when its `generation` changed. */
export type DnsContent =
  | {
      readonly zones: ZoneSource;
      /** Where clients are, for names that answer each with the nearest; nobody is anywhere when absent. */
      readonly places?: PlaceSource;
    }
  | { readonly handler: DnsHandler; readonly generation?: () => unknown };

export type DnsServerOptions = DnsContent &
  GuardOptions & {
    /** An address of this machine. */
    readonly host: string;
    /** Of UDP and TCP alike; 0 is any that is free for both. */
    readonly port: number;
    readonly clock: Clock;
    readonly log: Logger;
    readonly metrics?: Registry;
    /** Zone transfers, updates, notifications, signed questions. */
    readonly messages?: MessageHandler;
    /** Questions to zones are noted there; each is then answered anew, which takes longer. */
    readonly queryLog?: QueryLog;
    /** Takes in and sends many UDP packets at once where the system can; needs half a megabyte. */
    readonly batched?: boolean;
    /** TCP: default 10 s, 256 connections, and as many as half of them from one address. */
    readonly idleMs?: number;
    readonly maxConnections?: number;
    readonly maxConnectionsPerClient?: number;
  };

export interface DnsServer extends Runnable {
  /** Where it listens; throws before it is ready. */
  readonly address: DnsAddress;
}

/** Questions that may wait for answers from elsewhere. */
const MAX_PENDING = 1000;
const MAX_PENDING_PER_CONNECTION = 64;

/** Answers DNS over UDP and TCP. `run` rejects with `ListenError` when the address cannot be had. */
export function createDnsServer(options: DnsServerOptions): DnsServer {
  const { host, clock, log, idleMs = 10_000, maxConnections = 256 } = options;
  const { maxConnectionsPerClient = Math.ceil(maxConnections / 2) } = options;
  let address: DnsAddress | undefined;
  return {
    name: 'dns-server',
    get address() {
      if (address === undefined) throw new TypeError('the DNS server does not listen yet');
      return address;
    },
    run: async (signal, ready) => {
      // First: one that cannot listen has registered no metrics, so another may take its place.
      const { udp, tcp } = await bindBoth(options);
      address = { host, port: udp.port };
      const metrics = createDnsMetrics(options.metrics);
      const { handler, quickly } = contentOf(options);
      const layers = layersOf(options, metrics);
      const { respond, quick, stop } = guardedResponder({
        guard: options,
        handler,
        layers,
        quickly,
        metrics,
        registry: options.metrics,
        messages: options.messages,
        clock,
        log,
        idleMs,
      });
      log.info({ ...address }, 'dns server listening');
      ready();
      const tcpOptions = { idleMs, maxConnections, maxConnectionsPerClient, maxPending: MAX_PENDING_PER_CONNECTION };
      try {
        await serveBoth(
          (inner) => udp.serve({ respond, quick, metrics, log }, inner),
          (inner) => serveTcp(tcp, { respond, clock, log }, tcpOptions, inner),
          signal,
        );
      } finally {
        stop();
      }
    },
  };
}

/** What every question goes through, the first of them outermost. */
function layersOf(
  { clock, log, identity = {} }: DnsServerOptions,
  metrics: DnsMetrics,
): (handler: DnsHandler) => DnsHandler {
  const layers = [
    measured(metrics, clock),
    errorsAsRcodes(log),
    bounded(MAX_PENDING),
    onlyEdnsVersion0,
    chaos(identity),
    onlyInternetClass,
    noTransfers,
  ];
  return (handler) => layers.reduceRight((next, layer) => layer(next), handler);
}

interface Content {
  readonly handler: DnsHandler;
  /** How its answers can be kept; absent where they cannot. */
  readonly quickly?: QuickContent;
}

function contentOf(options: DnsServerOptions): Content {
  if ('handler' in options) {
    const { handler, generation } = options;
    return generation === undefined ? { handler } : { handler, quickly: { generation } };
  }
  const { zones, places = createPlaces(), queryLog, clock } = options;
  const chooser = createChooser(places);
  const onChosen = countChosen(options.metrics);
  const handler = choosing(chooser, onChosen)(authoritative(zones)(refuse));
  if (queryLog !== undefined) return { handler: logged(queryLog, chooser, clock)(handler) };
  return { handler, quickly: { zones, choosing: { chooser, onChosen } } };
}

const PORT_ATTEMPTS = 20;

async function bindBoth(options: DnsServerOptions): Promise<{ readonly udp: UdpListener; readonly tcp: Server }> {
  const { host, port, batched = false } = options;
  for (let attempt = 1; ; attempt++) {
    const udp = await bindUdp({ host, port, batched });
    try {
      return { udp, tcp: await bindTcp(host, udp.port) };
    } catch (err) {
      await udp.close();
      const retry = port === 0 && attempt < PORT_ATTEMPTS && err instanceof ListenError && err.code === 'EADDRINUSE';
      if (!retry) throw err;
    }
  }
}

type Serve = (signal: AbortSignal) => Promise<void>;

/** Both until `signal` aborts; when one fails the other ends, and the failure is thrown when both have. */
async function serveBoth(udp: Serve, tcp: Serve, signal: AbortSignal): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const serve = async (part: Serve) => {
    try {
      await part(either);
    } catch (err) {
      failed.abort(err);
      throw err;
    }
  };
  const results = await Promise.allSettled([serve(udp), serve(tcp)]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
