import type { KnownClient } from '../cache/quick-peer.ts';
import { accessVerdict, type AccessRules } from './access-verdict.ts';
import type { AnswerSummary } from './answer-kind.ts';
import type { GuardDeps } from './guarded.ts';

/** What stands before answers that are sent from where they are kept. Who is not let through goes to the guarded responder. */
export interface QuickGate {
  mayAsk(client: KnownClient): boolean;
  /** An answer that is let through counts. */
  maySend(answer: AnswerSummary, client: KnownClient): boolean;
}

/** The same rules as those of `guarded`, for those who keep them. */
export function quickGate(rules: AccessRules & Pick<GuardDeps, 'rateLimit'>): QuickGate {
  return {
    mayAsk: ({ text }) => accessVerdict(text, rules) === 'answer',
    maySend: (answer, client) => rules.rateLimit?.grants(answer, client) ?? true,
  };
}
