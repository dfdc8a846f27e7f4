import { parseClientAddress, type Asker, type Chooser, type ChoiceReason } from '../choice/index.ts';
import { isRecordType, lookup, type AnyRecordSet, type Choice, type QueryType, type ZoneSet } from '../zone/index.ts';
import { choosableIn } from './choosing.ts';

export interface QuestionToExplain {
  /** As names of record sets are. */
  readonly name: string;
  /** One of those that zones have, `SOA`, or `ANY`. */
  readonly type: string;
  /** An address or a prefix: the client's subnet. Somebody who is nowhere when absent, or none. */
  readonly client?: string;
}

/** What would be answered now, and why. */
export interface AnswerExplanation {
  /** The zone that the name is in; whoever asks is refused when absent. */
  readonly zone?: string;
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'REFUSED';
  /** Sets that were found, in order, with what can be chosen among. */
  readonly found: readonly (AnyRecordSet & { readonly choice?: Choice })[];
  /** What of them this client is told. */
  readonly answers: readonly AnyRecordSet[];
  readonly chosen?: ChoiceReason;
}

/** Who asks without an address is taken to be where nobody is known. */
const NOBODY = '0.0.0.0';

/** Answers a question as the server would, and tells how it came to that. */
export function explainAnswer(
  zones: ZoneSet,
  chooser: Chooser,
  { name, type, client = NOBODY }: QuestionToExplain,
): AnswerExplanation {
  const result = isQueryType(type) ? lookup(zones, name, type) : undefined;
  if (result === undefined) return { rcode: 'REFUSED', found: [], answers: [] };
  const { zone, rcode, answers: found } = result;
  const set = choosableIn(result);
  const asker = askerOf(client);
  if (set?.choice === undefined || asker === undefined) return { zone, rcode, found, answers: found };
  const chosen = chooser.explain(set.choice, asker);
  const answers = found.map((other) => (other === set ? { ...other, data: chosen.outcome.data } : other));
  return { zone, rcode, found, answers, chosen };
}

function isQueryType(type: string): type is QueryType {
  return isRecordType(type) || type === 'SOA' || type === 'ANY';
}

function askerOf(client: string): Asker | undefined {
  const resolver = parseClientAddress(NOBODY);
  const subnet = parseClientAddress(client);
  if (resolver === undefined) return undefined;
  return subnet === undefined || client === NOBODY ? { resolver } : { resolver, subnet };
}
