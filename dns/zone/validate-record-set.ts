import type { Candidate, Choice } from './choice.ts';
import { formData } from './data/data-form.ts';
import { nameProblem } from './name.ts';
import type { RecordSet } from './record-set.ts';
import { typeProblem } from './record-type.ts';
import { ZoneError } from './zone-error.ts';

/** RFC 2181 §8: 31 bits. */
const MAX_TTL_SECONDS = 2 ** 31 - 1;

/** The set with its data in canonical form: addresses as RFC 5952 writes them, sorted, each once. Throws `ZoneError`. */
export function validRecordSet(set: RecordSet): RecordSet {
  const { name, type, ttlSeconds, choice } = set;
  try {
    const problem = problemOf(set);
    if (problem !== undefined) throw new ZoneError('Invalid', problem);
    const data = formed(set);
    const chosen = choice === undefined ? undefined : validChoice(set, choice, data);
    return Object.freeze({ name, type, ttlSeconds, data, ...(chosen === undefined ? {} : { choice: chosen }) });
  } catch (err) {
    if (!(err instanceof ZoneError)) throw err;
    throw new ZoneError('Invalid', `record set ${name} ${type}: ${err.message}`);
  }
}

function problemOf({ name, type, ttlSeconds, data }: RecordSet): string | undefined {
  const problem = typeProblem(type);
  if (problem !== undefined) return problem;
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 0 || ttlSeconds > MAX_TTL_SECONDS) {
    return `TTL ${ttlSeconds} is not a whole number from 0 to ${MAX_TTL_SECONDS}`;
  }
  if (data.length === 0) return 'it has no data';
  if (type === 'CNAME' && data.length > 1) return 'a CNAME has one target';
  return nameProblem(name, { wildcard: true });
}

function formed({ type, data }: Pick<RecordSet, 'type' | 'data'>): readonly string[] {
  const items = data.map((item) => {
    const form = formData(type, item);
    if ('problem' in form) throw new ZoneError('Invalid', form.problem);
    return form.item;
  });
  if (items.length === 1) return Object.freeze(items);
  return Object.freeze([...new Set(items)].sort());
}

function validChoice({ type }: RecordSet, choice: Choice, data: readonly string[]): Choice {
  if (type !== 'A' && type !== 'AAAA') throw new ZoneError('Invalid', 'only of addresses is there a choice');
  const { minimum = 1, candidates } = choice;
  if (!Number.isInteger(minimum) || minimum < 1) throw new ZoneError('Invalid', 'the minimum of a choice is from 1');
  if (candidates.length === 0) throw new ZoneError('Invalid', 'a choice has no candidates');
  const names = new Set(candidates.map(({ name }) => name));
  if (names.size < candidates.length) throw new ZoneError('Invalid', 'a choice has two candidates of one name');
  const valid = candidates.map((candidate) => validCandidate(type, candidate));
  const offered = new Set(valid.flatMap((candidate) => candidate.data));
  if (offered.size !== data.length || data.some((item) => !offered.has(item))) {
    throw new ZoneError('Invalid', 'the candidates of a choice have other data than the set');
  }
  return { ...choice, candidates: valid };
}

function validCandidate(type: RecordSet['type'], candidate: Candidate): Candidate {
  const { name, weight = 1, order = 0 } = candidate;
  if (candidate.data.length === 0) throw new ZoneError('Invalid', `candidate ${name} has no data`);
  if (!Number.isFinite(weight) || weight < 0) throw new ZoneError('Invalid', `candidate ${name} weighs less than 0`);
  if (!Number.isFinite(order)) throw new ZoneError('Invalid', `candidate ${name} has no order`);
  return { ...candidate, data: formed({ type, data: candidate.data }) };
}
