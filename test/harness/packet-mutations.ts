/** The same numbers from the same seed, from 0 to `below`. */
export type RandomNumber = (below: number) => number;

/** Mulberry32. */
export function seededNumbers(seed: number): RandomNumber {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * below);
  };
}

type Mutation = (packet: Buffer, random: RandomNumber) => Buffer;

/** Bytes that mean something somewhere: ends of labels, pointers, the longest label, numbers around a border. */
const TELLING = [0, 1, 0x0c, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff];

const telling = (random: RandomNumber): number => TELLING[random(TELLING.length)] ?? 0;

const mutations: readonly Mutation[] = [
  (packet) => packet,
  // One byte, anything.
  (packet, random) => withByte(packet, random(packet.length), random(256)),
  (packet, random) => withByte(packet, random(packet.length), telling(random)),
  (packet, random) => withByte(packet, random(packet.length), (packet[random(packet.length)] ?? 0) ^ (1 << random(8))),
  // In the header: flags and counts.
  (packet, random) => withByte(packet, 2 + random(10), random(4)),
  (packet, random) => withByte(packet, 2 + random(10), random(256)),
  // Cut short, made longer.
  (packet, random) => packet.subarray(0, random(packet.length + 1)),
  (packet, random) => Buffer.concat([packet, noise(random, random(40))]),
  // A part twice, a part of it elsewhere.
  (packet, random) => Buffer.concat([packet, packet.subarray(random(packet.length))]),
  (packet, random) => {
    const copy = Buffer.from(packet);
    copy.copy(copy, random(copy.length), random(copy.length), random(copy.length));
    return copy;
  },
  (packet, random) => {
    const at = random(packet.length);
    return Buffer.concat([packet.subarray(0, at), noise(random, random(8)), packet.subarray(at)]);
  },
];

/** The packet, changed up to three times, or now and then nothing but noise. */
export function mutated(packet: Buffer, random: RandomNumber): Buffer {
  if (random(50) === 0) return noise(random, random(600));
  let changed = packet;
  for (let times = random(4); times > 0 && changed.length > 0; times--) {
    changed = mutations[random(mutations.length)]?.(changed, random) ?? changed;
  }
  return changed;
}

function withByte(packet: Buffer, at: number, value: number): Buffer {
  if (at >= packet.length) return packet;
  const copy = Buffer.from(packet);
  copy[at] = value;
  return copy;
}

function noise(random: RandomNumber, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random(256)));
}
