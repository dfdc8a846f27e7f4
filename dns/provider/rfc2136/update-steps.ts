import { MAX_UPDATE_BYTES, type Prerequisite, type Update } from '../../update/index.ts';
import type { AnyRecordSet } from '../../zone/index.ts';
import type { Step } from '../remote/held.ts';

/** What one message asks for: all of it or nothing. */
export interface StepsUpdate {
  readonly names: readonly string[];
  readonly prerequisites: readonly Prerequisite[];
  readonly updates: readonly Update[];
}

type SetType = AnyRecordSet['type'];

/** Without the signature, and without counting on compression. */
const MESSAGE_BYTES = MAX_UPDATE_BYTES - 4096;

/**
 * Types that may be at a name without having been read there. A server passes over a CNAME that is put beside other data
 * (RFC 2136 §3.4.2.2) and says that all is well, so that their absence has to be asked for.
 */
const OTHER_TYPES: readonly SetType[] = [
  'A',
  'AAAA',
  'TXT',
  'SRV',
  'PTR',
  'NS',
  'MX',
  'CAA',
  'SVCB',
  'HTTPS',
  // HINFO, RP, AFSDB, LOC, NAPTR, DNAME, DS, SSHFP, TLSA, SMIMEA, OPENPGPKEY, SPF, URI
  ...([13, 17, 18, 29, 35, 39, 43, 44, 52, 53, 61, 99, 256] as const).map((number) => `TYPE${number}` as const),
];

/** Updates that make the steps, whole names in each, on the condition that nothing of it has changed. */
export function stepUpdates(steps: readonly Step<undefined>[]): StepsUpdate[] {
  const found: StepsUpdate[] = [];
  let room = 0;
  for (const [name, ofName] of Map.groupBy(steps, (step) => step.name)) {
    const one = { names: [name], prerequisites: prerequisites(name, ofName), updates: updates(ofName) };
    const bytes = sizeOf(one);
    const last = found.at(-1);
    if (last === undefined || bytes > room) {
      found.push(one);
      room = MESSAGE_BYTES - bytes;
    } else {
      found[found.length - 1] = merged(last, one);
      room -= bytes;
    }
  }
  return found;
}

const merged = (a: StepsUpdate, b: StepsUpdate): StepsUpdate => ({
  names: [...a.names, ...b.names],
  prerequisites: [...a.prerequisites, ...b.prerequisites],
  updates: [...a.updates, ...b.updates],
});

/** What is removed goes first, for the same reason as above. */
function updates(steps: readonly Step<undefined>[]): Update[] {
  const gone = steps.filter(({ before }) => before !== undefined);
  return [
    ...gone.map(({ name, type }): Update => ({ kind: 'delete set', name, type: setType(type) })),
    ...steps.flatMap(({ after }): Update[] => (after === undefined ? [] : [{ kind: 'add', set: after }])),
  ];
}

function prerequisites(name: string, steps: readonly Step<undefined>[]): Prerequisite[] {
  const known = steps.map(({ type, before }): Prerequisite => {
    const is = before?.is;
    return is === undefined || typeof is === 'string'
      ? { kind: 'set absent', name, type: setType(type) }
      : { kind: 'set is', name, type: is.type, data: is.data };
  });
  const absent = (type: SetType): Prerequisite => ({ kind: 'set absent', name, type });
  const alias = steps.find(({ type }) => type === 'CNAME');
  if (alias === undefined) {
    // Data that is put beside a CNAME would be passed over as well.
    return steps.some(({ after }) => after !== undefined) ? [...known, absent('CNAME')] : known;
  }
  if (alias.after === undefined || alias.before !== undefined) return known;
  if (steps.every(({ before }) => before === undefined)) return [{ kind: 'name not in use', name }];
  const others = OTHER_TYPES.filter((type) => steps.every((step) => step.type !== type));
  return [...known, ...others.map(absent)];
}

const setType = (type: string) => type as SetType; // @NOTE only sets that can be published are in steps

/** At most; of each record its fixed part too. */
function sizeOf({ prerequisites: conditions, updates: changes }: StepsUpdate): number {
  const sets = [...conditions, ...changes.map((change) => ('set' in change ? change.set : change))];
  return sets.reduce((sum, set) => {
    const items = 'data' in set ? set.data : [''];
    return sum + items.reduce((bytes, item) => bytes + set.name.length + item.length + 24, 0);
  }, 0);
}
