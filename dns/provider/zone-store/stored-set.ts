import type { Choice, RecordSet, RecordSetKey } from '../../zone/index.ts';

/** A set as files have it. What is in it is for the zone to check. */
export function storedSet(set: RecordSet): unknown {
  const { name, type, ttlSeconds, data, choice } = set;
  return choice === undefined ? [name, type, ttlSeconds, data] : [name, type, ttlSeconds, data, choice];
}

export function parseStoredSet(value: unknown): RecordSet {
  const [name, type, ttlSeconds, data, choice] = listOf(value);
  return recordSetOf({ name, type, ttlSeconds, data, choice });
}

export function recordSetOf({ name, type, ttlSeconds, data, choice }: Record<string, unknown>): RecordSet {
  if (typeof name !== 'string' || typeof type !== 'string' || typeof ttlSeconds !== 'number' || !isTexts(data)) {
    throw new Error('a record set lacks name, type, ttlSeconds or data');
  }
  const set = { name, type: type as RecordSet['type'], ttlSeconds, data }; // @NOTE zones reject types that are none
  if (choice === undefined) return set;
  if (!isChoice(choice)) throw new Error(`the choice of ${name} ${type} is none`);
  return { ...set, choice };
}

export function parseStoredKey(value: unknown): RecordSetKey {
  const [name, type] = listOf(value);
  if (typeof name !== 'string' || typeof type !== 'string') throw new Error('a removed record set lacks name or type');
  return { name, type: type as RecordSet['type'] }; // @NOTE zones have no set of a type that is none
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** What was written is a choice as it was checked; this tells it from something else. */
function isChoice(value: unknown): value is Choice {
  return typeof value === 'object' && value !== null && 'policy' in value && 'candidates' in value;
}
