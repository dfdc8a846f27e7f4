import { AddressList } from '../../access/index.ts';
import type { GuardOptions } from '../guard/guarded-responder.ts';
import type { RateLimitOptions } from '../guard/rate-limit.ts';
import type { WorkerGuard } from './worker-protocol.ts';

type Guard = Pick<GuardOptions, 'access' | 'rateLimit'>;

const rates = [
  'responsesPerSecond',
  'referralsPerSecond',
  'nodataPerSecond',
  'nxdomainsPerSecond',
  'errorsPerSecond',
  'allPerSecond',
] as const;

/** What one of `count` threads is told, among which the system shares out the packets of a network. */
export function workerGuard({ access: { query, ignore } = {}, rateLimit }: Guard, count: number): WorkerGuard {
  return {
    ...(query && { query: query.texts }),
    ...(ignore && { ignore: ignore.texts }),
    ...(rateLimit && { rateLimit: shareOf(rateLimit, count) }),
  };
}

function shareOf({ exempt, ...limits }: RateLimitOptions, count: number): NonNullable<WorkerGuard['rateLimit']> {
  const shares = rates.flatMap((name) => {
    const rate = limits[name];
    // 0 stays what it is: nothing at all.
    return rate === undefined ? [] : [[name, Math.ceil(rate / count)] as const];
  });
  return { ...limits, ...Object.fromEntries(shares), exemptTexts: exempt?.texts ?? [] };
}

/** What the thread makes of it. */
export function guardOf({ query, ignore, rateLimit }: WorkerGuard): Guard {
  const access = {
    ...(query && { query: new AddressList(query) }),
    ...(ignore && { ignore: new AddressList(ignore) }),
  };
  return {
    ...((query ?? ignore) && { access }),
    ...(rateLimit && { rateLimit: { ...rateLimit, exempt: new AddressList(rateLimit.exemptTexts) } }),
  };
}
