import type { Server } from 'node:net';
import { randomBytes } from 'node:crypto';
import type { CCaller, Runnable } from '../../src/component-base/index.ts';
import type { ChangingPlaces } from '../choice/index.ts';
import { createAnswering, type AnsweringOptions } from './answering.ts';
import { COOKIE_SECRET_BYTES, type CookieOptions } from './cookies/server-cookies.ts';
import type { DnsAddress } from './dns-address.ts';
import { createDnsMetrics } from './dns-metrics.ts';
import { ListenError } from './listen-error.ts';
import { latestOf, type LoggedQuery } from './query-log.ts';
import { bindTcp, serveTcp } from './tcp-listener.ts';
import { bindUdp, type UdpListener } from './udp-listener.ts';

export type DnsServerOptions = AnsweringOptions & {
  /** An address of this machine. */
  readonly host: string;
  /** Of UDP and TCP alike; 0 is any that is free for both. */
  readonly port: number;
  /** What takes in and sends many UDP packets at once: the first that can be had; none by default. Needs half a megabyte. */
  readonly batchedBy?: readonly CCaller[];
  /** Threads that answer over UDP in place of this one, each from a copy of the zones; of zones only. */
  readonly workers?: { readonly count: number; readonly places: ChangingPlaces };
  /** TCP: default 10 s, 256 connections, and as many as half of them from one address. */
  readonly idleMs?: number;
  readonly maxConnections?: number;
  readonly maxConnectionsPerClient?: number;
};

export interface DnsServer extends Runnable {
  /** Where it listens; throws before it is ready. */
  readonly address: DnsAddress;
  /** The latest questions first, of one name where it is given; undefined where they are not noted. */
  recentQueries(limit: number, name?: string): Promise<readonly LoggedQuery[] | undefined>;
}

const MAX_PENDING_PER_CONNECTION = 64;

/** Answers DNS over UDP and TCP. `run` rejects with `ListenError` when the address cannot be had. */
export function createDnsServer(options: DnsServerOptions): DnsServer {
  const { host, clock, log, idleMs = 10_000, maxConnections = 256 } = options;
  const { maxConnectionsPerClient = Math.ceil(maxConnections / 2) } = options;
  let listener: UdpListener | undefined;
  return {
    name: 'dns-server',
    get address() {
      if (listener === undefined) throw new TypeError('the DNS server does not listen yet');
      return { host, port: listener.port };
    },
    recentQueries: async (limit, name) => {
      const own = options.queryLog?.recent(limit, name);
      return own && latestOf([own, (await listener?.recentQueries?.(limit, name)) ?? []], limit);
    },
    run: async (signal, ready) => {
      // First: one that cannot listen has registered no metrics, so another may take its place.
      const { udp, tcp, cookies } = await bindBoth(options, idleMs);
      listener = udp;
      const metrics = createDnsMetrics(options.metrics);
      const { respond, quick, stop } = createAnswering({ ...options, cookies }, metrics, idleMs);
      log.info({ host, port: udp.port }, 'dns server listening');
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

const PORT_ATTEMPTS = 20;

interface Bound {
  readonly udp: UdpListener;
  readonly tcp: Server;
  readonly cookies: CookieOptions | false;
}

async function bindBoth(options: DnsServerOptions, idleMs: number): Promise<Bound> {
  const { host, port } = options;
  // Threads of one server know each other's cookies.
  const { secrets = [randomBytes(COOKIE_SECRET_BYTES)], required = false } = options.cookies || {};
  const cookies = options.cookies === false ? false : { secrets, required };
  for (let attempt = 1; ; attempt++) {
    const udp = await bindUdpOf(options, { idleMs, cookies });
    try {
      return { udp, tcp: await bindTcp(host, udp.port), cookies };
    } catch (err) {
      await udp.close();
      const retry = port === 0 && attempt < PORT_ATTEMPTS && err instanceof ListenError && err.code === 'EADDRINUSE';
      if (!retry) throw err;
    }
  }
}

interface Settled {
  readonly idleMs: number;
  readonly cookies: false | Required<CookieOptions>;
}

async function bindUdpOf(options: DnsServerOptions, { idleMs, cookies }: Settled): Promise<UdpListener> {
  const { host, port, batchedBy = [], workers, identity = {}, messages, metrics, log } = options;
  if (workers === undefined) return bindUdp({ host, port, batchedBy });
  if (!('zones' in options)) throw new TypeError('threads answer from zones, not from a handler');
  const { bindUdpWorkers, workerGuard } = await import('./workers/udp-workers.ts');
  const guard = workerGuard(options, workers.count);
  const told = { host, port, batchedBy, idleMs, identity, guard, ...(cookies === false ? {} : { cookies }) };
  const noting = options.queryLog && { queryLogSize: options.queryLog.size };
  return bindUdpWorkers({ ...told, ...noting, ...workers, zones: options.zones, messages, metrics, log });
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
