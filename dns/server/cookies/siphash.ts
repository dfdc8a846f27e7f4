/** The state of SipHash: four words of 64 bits, each as its low and its high half. */
type State = Int32Array;

const ROUNDS_A_WORD = 2;
const LAST_ROUNDS = 4;

/** SipHash-2-4 with 64 bits (Aumasson and Bernstein): keyed, for short messages. */
export class SipHash {
  readonly #initial: State;
  readonly #state: State = new Int32Array(8);

  /** `key` has 16 bytes. */
  constructor(key: Uint8Array) {
    const [k0l, k0h, k1l, k1h] = [0, 4, 8, 12].map((at) => wordAt(key, at));
    const words = [k0l, k0h, k1l, k1h, k0l, k0h, k1l, k1h].map((word) => word ?? 0);
    // "somepseudorandomlygeneratedbytes", as the algorithm has it.
    const constants = [0x70736575, 0x736f6d65, 0x6e646f6d, 0x646f7261, 0x6e657261, 0x6c796765, 0x79746573, 0x74656462];
    this.#initial = Int32Array.from(words, (word, index) => word ^ (constants[index] ?? 0));
  }

  /** Writes the 8 bytes of the hash of `message[0..length)` into `target` at `at`, the lowest first. */
  write(message: Uint8Array, length: number, target: Uint8Array, at: number): void {
    const state = this.#state;
    state.set(this.#initial);
    const whole = length - (length % 8);
    for (let from = 0; from < whole; from += 8) absorb(state, wordAt(message, from), wordAt(message, from + 4));
    const low = partialWord(message, whole, Math.min(length, whole + 4));
    const high = partialWord(message, whole + 4, length) | (length << 24);
    absorb(state, low, high);
    state[4] = (state[4] ?? 0) ^ 0xff;
    for (let round = 0; round < LAST_ROUNDS; round++) mix(state);
    putWord(target, at, xorOf(state, 0));
    putWord(target, at + 4, xorOf(state, 1));
  }
}

const wordAt = (bytes: Uint8Array, at: number): number => partialWord(bytes, at, at + 4);

function partialWord(bytes: Uint8Array, from: number, to: number): number {
  let word = 0;
  for (let index = from; index < to; index++) word |= (bytes[index] ?? 0) << ((index - from) * 8);
  return word;
}

function putWord(target: Uint8Array, at: number, word: number): void {
  for (let index = 0; index < 4; index++) target[at + index] = word >>> (index * 8);
}

function xorOf(state: State, half: 0 | 1): number {
  return (state[half] ?? 0) ^ (state[2 + half] ?? 0) ^ (state[4 + half] ?? 0) ^ (state[6 + half] ?? 0);
}

function absorb(state: State, low: number, high: number): void {
  state[6] = (state[6] ?? 0) ^ low;
  state[7] = (state[7] ?? 0) ^ high;
  for (let round = 0; round < ROUNDS_A_WORD; round++) mix(state);
  state[0] = (state[0] ?? 0) ^ low;
  state[1] = (state[1] ?? 0) ^ high;
}

/** One round: add, rotate, xor, between the words 0 to 3. */
function mix(state: State): void {
  add(state, 0, 1);
  turn(state, 1, 13);
  blend(state, 1, 0);
  swap(state, 0);
  add(state, 2, 3);
  turn(state, 3, 16);
  blend(state, 3, 2);
  add(state, 0, 3);
  turn(state, 3, 21);
  blend(state, 3, 0);
  add(state, 2, 1);
  turn(state, 1, 17);
  blend(state, 1, 2);
  swap(state, 2);
}

function add(state: State, to: number, from: number): void {
  const low = ((state[to * 2] ?? 0) >>> 0) + ((state[from * 2] ?? 0) >>> 0);
  const carry = low > 0xffffffff ? 1 : 0;
  state[to * 2 + 1] = (state[to * 2 + 1] ?? 0) + (state[from * 2 + 1] ?? 0) + carry;
  state[to * 2] = low;
}

/** Rotates left by fewer than 32 bits. */
function turn(state: State, word: number, bits: number): void {
  const low = state[word * 2] ?? 0;
  const high = state[word * 2 + 1] ?? 0;
  state[word * 2] = (low << bits) | (high >>> (32 - bits));
  state[word * 2 + 1] = (high << bits) | (low >>> (32 - bits));
}

function blend(state: State, to: number, from: number): void {
  state[to * 2] = (state[to * 2] ?? 0) ^ (state[from * 2] ?? 0);
  state[to * 2 + 1] = (state[to * 2 + 1] ?? 0) ^ (state[from * 2 + 1] ?? 0);
}

/** Rotates by 32 bits. */
function swap(state: State, word: number): void {
  const low = state[word * 2] ?? 0;
  state[word * 2] = state[word * 2 + 1] ?? 0;
  state[word * 2 + 1] = low;
}
