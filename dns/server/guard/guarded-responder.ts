import type { Clock, Registry } from '../../../src/component-base/index.ts';
import type { AddressList } from '../../access/index.ts';
import { createQuickAnswers, type QuickContent } from '../cache/create-quick-answers.ts';
import type { QuickAnswers } from '../cache/quick-answers.ts';
import { ServerCookies, type CookieOptions } from '../cookies/server-cookies.ts';
import type { ServerIdentity } from '../chaos.ts';
import type { DnsHandler } from '../dns-handler.ts';
import { serverEdns } from '../edns/server-edns.ts';
import { prohibit } from '../layers.ts';
import type { Responder } from '../packet-responder.ts';
import { createResponder, type ResponderOptions } from '../responder.ts';
import { guarded } from './guarded.ts';
import { createGuardMetrics } from './guard-metrics.ts';
import { quickGate, type QuickGate } from './quick-gate.ts';
import { RateLimit, type RateLimitOptions } from './rate-limit.ts';

/** Whom a server answers, and how much. */
export interface GuardOptions {
  /** Cookies for clients (RFC 7873), with a secret of our own where nothing is said; false passes them over. */
  readonly cookies?: CookieOptions | false;
  /** What the server tells of itself to those who ask; nothing when absent. */
  readonly identity?: ServerIdentity;
  /** Who may ask, others are refused, and who gets no answer whatsoever: all and nobody when absent. */
  readonly access?: { readonly query?: AddressList; readonly ignore?: AddressList };
  /** Of answers over UDP; none when absent. */
  readonly rateLimit?: RateLimitOptions;
}

export interface GuardedOptions extends Omit<ResponderOptions, 'ownEdns' | 'quick'> {
  readonly guard: GuardOptions;
  /** What every question goes through on its way to the handler. */
  readonly layers: (handler: DnsHandler) => DnsHandler;
  /** How the handler's answers can be kept; they are not when absent. */
  readonly quickly?: QuickContent | undefined;
  readonly clock: Clock;
  readonly registry: Registry | undefined;
  readonly idleMs: number;
}

/** What is kept, and who may have it. */
export interface GuardedAnswers {
  readonly answers: QuickAnswers;
  /** All may have all where it is absent. */
  readonly gate?: QuickGate;
}

export interface GuardedResponder {
  readonly respond: Responder;
  /** What `respond` keeps. */
  readonly quick: GuardedAnswers | undefined;
  /** When nothing is asked any more. */
  readonly stop: () => void;
}

/** What answers packets for a server, for those it answers. */
export function guardedResponder(guarding: GuardedOptions): GuardedResponder {
  const { guard, layers, quickly, clock, registry, idleMs, ...options } = guarding;
  const { access, rateLimit } = guard;
  const cookies = guard.cookies === false ? undefined : new ServerCookies(guard.cookies ?? {}, clock);
  const ownEdns = serverEdns({ cookies, nameServerId: guard.identity?.name, idleMs });
  const { quick, stop } = createQuickAnswers(quickly, cookies);
  const respond = createResponder({ ...options, handler: layers(options.handler), quick, ownEdns });
  if (access === undefined && rateLimit === undefined) return { respond, quick: quick && { answers: quick }, stop };
  const rules = {
    ignored: access?.ignore,
    allowed: access?.query,
    refuse: createResponder({ ...options, handler: layers(prohibit), ownEdns }),
    rateLimit: rateLimit === undefined ? undefined : new RateLimit(rateLimit, clock),
    ownEdns,
    metrics: createGuardMetrics(registry),
  };
  return { respond: guarded(respond, rules), quick: quick && { answers: quick, gate: quickGate(rules) }, stop };
}
