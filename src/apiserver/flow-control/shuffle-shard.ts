import { createHash } from 'node:crypto';

/**
 * The queues that a flow may use: `handSize` different ones out of `queues`, dealt by a hash of the flow as a hand of
 * cards is. Two flows share some of their queues now and then, and all of them hardly ever.
 */
export function handOf(flow: string, queues: number, handSize: number): readonly number[] {
  let entropy = createHash('sha256').update(flow).digest().readBigUInt64BE(0);
  const dealt: number[] = [];
  for (let card = 0; card < Math.min(handSize, queues); card++) {
    const left = BigInt(queues - card);
    let next = Number(entropy % left);
    entropy /= left;
    // The cards that are gone already leave gaps in the deck.
    for (const taken of dealt.toSorted((a, b) => a - b)) if (taken <= next) next += 1;
    dealt.push(next);
  }
  return dealt;
}
