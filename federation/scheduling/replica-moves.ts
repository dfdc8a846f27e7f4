/** Where one cluster's replicas are, and where they belong. */
export interface Holding {
  readonly name: string;
  readonly target: number;
  /** Asked for there now. */
  readonly present: number;
  readonly ready: number;
}

export interface MoveRequest {
  /** In all. */
  readonly total: number;
  readonly holdings: readonly Holding[];
  /** Replicas that may be asked for beyond `total` on the way, so that new ones are ready before old ones go. */
  readonly maxMoving: number;
}

/**
 * The next step from where replicas are to where they belong. What is missing is added at once. What moves is first
 * added where it goes to, no more than `maxMoving` at a time, and goes where it was only as fast as new ones become
 * ready: no step takes the ready ones below `total`. What is too many in all goes at once.
 */
export function nextStep({ total, holdings, maxMoving }: MoveRequest): ReadonlyMap<string, number> {
  const present = sum(holdings, (holding) => holding.present);
  const wanted = sum(holdings, ({ target }) => target);
  const ready = sum(holdings, readyOf);
  const next = new Map(holdings.map((holding) => [holding.name, holding.present]));

  // Of what no cluster has room for nobody can be ready.
  let free = Math.max(0, ready - Math.min(total, wanted));
  // What is too many by more than the moves may cause is too many because fewer are wanted.
  let surplus = Math.max(0, present - wanted - maxMoving);
  for (const holding of largestFirst(holdings, ({ present: has, target }) => has - target)) {
    const excess = Math.max(0, holding.present - holding.target);
    const idle = Math.min(excess, holding.present - readyOf(holding));
    const taken = Math.min(excess, idle + Math.max(free, surplus - idle));
    next.set(holding.name, holding.present - taken);
    free = Math.max(0, free - Math.max(0, taken - idle));
    surplus = Math.max(0, surplus - taken);
  }

  let room = Math.max(0, wanted + maxMoving - sum([...next.values()], (count) => count));
  for (const holding of largestFirst(holdings, ({ present: has, target }) => target - has)) {
    const added = Math.min(room, Math.max(0, holding.target - holding.present));
    next.set(holding.name, (next.get(holding.name) ?? 0) + added);
    room -= added;
  }
  return next;
}

function readyOf({ ready, present }: Holding): number {
  return Math.min(ready, present);
}

function largestFirst(holdings: readonly Holding[], of: (holding: Holding) => number): readonly Holding[] {
  return [...holdings].sort((a, b) => of(b) - of(a) || (a.name < b.name ? -1 : 1));
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
