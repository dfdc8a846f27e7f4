import type { OwnEdns } from '../edns/server-edns.ts';
import { parseQuery, type Source } from '../parse-query.ts';
import type { Responder } from '../packet-responder.ts';
import { accessVerdict, type AccessRules } from './access-verdict.ts';
import type { GuardMetrics } from './guard-metrics.ts';
import type { RateLimit } from './rate-limit.ts';
import { truncatedAnswer } from './truncated-answer.ts';

export interface GuardDeps extends AccessRules {
  /** Answers those who may not. */
  readonly refuse: Responder;
  readonly rateLimit?: RateLimit | undefined;
  readonly ownEdns: OwnEdns;
  readonly metrics: GuardMetrics;
}

/** Keeps a responder from those who may not ask, and networks from more answers than they can have asked for. */
export function guarded(respond: Responder, deps: GuardDeps): Responder {
  const { ignored, allowed, refuse, rateLimit, metrics } = deps;
  if (ignored === undefined && allowed === undefined && rateLimit === undefined) return respond;
  const limited = (answer: Buffer | undefined, packet: Buffer, source: Source): Buffer | undefined =>
    answer === undefined || rateLimit === undefined || source.transport === 'tcp'
      ? answer
      : withinLimit(answer, packet, source, { ...deps, rateLimit });

  return (packet, source, signal) => {
    const verdict = accessVerdict(source.client, deps);
    if (verdict === 'ignore') {
      metrics.ignored.inc();
      return undefined;
    }
    if (verdict === 'refuse') metrics.refused.inc();
    const answer = (verdict === 'refuse' ? refuse : respond)(packet, source, signal);
    return answer instanceof Promise
      ? answer.then((later) => limited(later, packet, source))
      : limited(answer, packet, source);
  };
}

function withinLimit(
  answer: Buffer,
  packet: Buffer,
  source: Source,
  { rateLimit, ownEdns, metrics }: GuardDeps & { readonly rateLimit: RateLimit },
): Buffer | undefined {
  const verdict = rateLimit.judge(answer, source.client);
  if (verdict === 'send' || hasGoodCookie(packet, source, ownEdns)) return answer;
  if (rateLimit.logOnly) {
    metrics.limited.spared.inc();
    return answer;
  }
  metrics.limited[verdict].inc();
  return verdict === 'drop' ? undefined : truncatedAnswer(answer);
}

/** It is where it says it is: nobody else's address is flooded by what it asks for. */
function hasGoodCookie(packet: Buffer, source: Source, ownEdns: OwnEdns): boolean {
  const parsed = parseQuery(packet, source);
  if (parsed.kind !== 'query') return false;
  return ownEdns({ ...source, edns: parsed.query.edns }).cookieGood === true;
}
