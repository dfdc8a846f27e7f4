import { isDeepStrictEqual } from 'node:util';
import type { Choice } from './choice.ts';

export type NamedRecordType = 'A' | 'AAAA' | 'CNAME' | 'TXT' | 'SRV' | 'PTR' | 'NS' | 'MX' | 'CAA' | 'SVCB' | 'HTTPS';

/**
 * Types of record set that can be published (`typeProblem`). Those without a name of their own here are written as RFC
 * 3597 §5 does: `TYPE44`.
 */
export type RecordType = NamedRecordType | `TYPE${number}`;

/** What a question may ask for. */
export type QueryType = RecordType | 'SOA' | 'ANY';

/**
 * All records of one name and type (RFC 2181 §5): one TTL for all. Names everywhere are absolute, lower case and
 * without the trailing dot, the root is empty; a dot, a backslash or an unprintable byte within a label is escaped
 * as `\.`, `\\` or `\DDD`.
 */
export interface AnyRecordSet {
  readonly name: string;
  readonly type: Exclude<QueryType, 'ANY'>;
  readonly ttlSeconds: number;
  /**
   * In presentation format, sorted, without duplicates: addresses for A and AAAA, one absolute name without trailing
   * dot for CNAME, NS and PTR, a text (unquoted), or several strings each in quotes, for TXT (`textStrings`),
   * `priority weight port target` for SRV, `preference target` for MX, `flags tag "value"` for CAA, `priority target
   * key=value …` for SVCB and HTTPS, `\# length hex` (RFC 3597 §5) for types without a name. A target `.` is the root.
   */
  readonly data: readonly string[];
}

/** A record set that can be published. */
export interface RecordSet extends AnyRecordSet {
  readonly type: RecordType;
  /** Only of A and AAAA. */
  readonly choice?: Choice;
}

export type RecordSetKey = Pick<RecordSet, 'name' | 'type'>;

export interface RecordChanges {
  /** Put in place of whatever the same name and type had. */
  readonly upsert: readonly RecordSet[];
  /** Gone afterwards; absent already is fine. */
  readonly remove: readonly RecordSetKey[];
}

/** Names a set within its zone. */
export const recordKey = ({ name, type }: Pick<AnyRecordSet, 'name' | 'type'>) => `${type} ${name}`;

export function sameRecordSet(a: RecordSet | AnyRecordSet, b: RecordSet | AnyRecordSet): boolean {
  return (
    a.name === b.name &&
    a.type === b.type &&
    a.ttlSeconds === b.ttlSeconds &&
    a.data.length === b.data.length &&
    a.data.every((value, index) => value === b.data[index]) &&
    isDeepStrictEqual(choiceOf(a), choiceOf(b))
  );
}

const choiceOf = (set: RecordSet | AnyRecordSet) => ('choice' in set ? set.choice : undefined);
