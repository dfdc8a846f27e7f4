/**
 * How many bits each byte has in the code of RFC 7541 appendix B, a letter each: `A` is one bit, `a` is 27. The last is
 * the end of a string, which no string holds. The code is canonical: shorter ones first, and of one length lower bytes.
 */
const LENGTHS =
  'MWbbbbbbbXdbbdbbbbbbbbdbbbbbbbbbFJJLMFHKJJHKHFFFEEEFFFFFFFGHOFLJ' +
  'MFGGGGGGGGGGGGGGGGGGGGGGHGHMSMNFOEFEFEFFFEGGFFFEFGFEEFGGGGGOKNMb' +
  'TVTTVVVWVWWWWWXWXXVWXWWWWUVWVWWXVUTVVWWUWVVXUVWWUUVUWVWWTVVVWVVW' +
  'ZZTSVWVYZZZaaZXYSUZaaZaXUUZZbaaaTXTUVUUWVVYYXXZWZaZZaaaaabaaaaaZd';

const END_OF_STRING = 256;
const NODES = 256;
const NIBBLES = 16;

/** In a step of the decoder: the node that it leads to, the byte that it completes, and what became of it. */
const [BYTE_SHIFT, HAS_BYTE, IS_WRONG] = [8, 1 << 16, 1 << 17];

/** From every node of the code's tree by every four bits: more than one byte is never completed by them. */
const STEPS = stepsOf(treeOf(LENGTHS));

/** Nodes that a string may end in: up to seven bits of the end's code, which are all ones (RFC 7541 §5.2). */
const ENDS: ReadonlySet<number> = endsOf(treeOf(LENGTHS));

/** The longest text that so many bytes may stand for. */
const SHORTEST_CODE_BITS = 5;

/** `undefined`: it is none. The text is bytes as Latin-1. */
export function decodeHuffman(coded: Buffer): string | undefined {
  const text = Buffer.allocUnsafe(Math.ceil((coded.length * 8) / SHORTEST_CODE_BITS));
  let length = 0;
  let node = 0;
  for (const byte of coded) {
    const high = STEPS[node * NIBBLES + (byte >> 4)] ?? IS_WRONG;
    if ((high & HAS_BYTE) !== 0) text[length++] = high >> BYTE_SHIFT;
    const low = STEPS[(high & 0xff) * NIBBLES + (byte & 0xf)] ?? IS_WRONG;
    if ((low & HAS_BYTE) !== 0) text[length++] = low >> BYTE_SHIFT;
    if (((high | low) & IS_WRONG) !== 0) return undefined;
    node = low & 0xff;
  }
  return ENDS.has(node) ? text.toString('latin1', 0, length) : undefined;
}

/** Two entries a node: the next node, or the complement of a byte. Node 0 is the root. */
function treeOf(lengths: string): Int16Array {
  const tree = new Int16Array(NODES * 2);
  const bits = Array.from(lengths, bitsOf);
  const bytes = bits.map((_, byte) => byte).sort((a, b) => (bits[a] ?? 0) - (bits[b] ?? 0) || a - b);
  let nodes = 1;
  let code = 0;
  let length = 0;
  for (const byte of bytes) {
    const next = bits[byte] ?? 0;
    code *= 2 ** (next - length);
    length = next;
    let at = 0;
    for (let bit = length - 1; bit > 0; bit--) {
      const place = at * 2 + ((code >> bit) & 1);
      if (tree[place] === 0) tree[place] = nodes++;
      at = tree[place] ?? 0;
    }
    tree[at * 2 + (code & 1)] = ~byte;
    code += 1;
  }
  return tree;
}

function bitsOf(letter: string): number {
  const code = letter.charCodeAt(0);
  return letter <= 'Z' ? code - 64 : code - 70;
}

function stepsOf(tree: Int16Array): Int32Array {
  const steps = new Int32Array(NODES * NIBBLES);
  for (let from = 0; from < NODES; from++) {
    for (let nibble = 0; nibble < NIBBLES; nibble++) steps[from * NIBBLES + nibble] = stepOf(tree, from, nibble);
  }
  return steps;
}

function stepOf(tree: Int16Array, from: number, nibble: number): number {
  let node = from;
  let found = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const next = tree[node * 2 + ((nibble >> bit) & 1)] ?? 0;
    if (next === ~END_OF_STRING) return IS_WRONG;
    if (next < 0) found = HAS_BYTE | (~next << BYTE_SHIFT);
    node = Math.max(next, 0);
  }
  return found | node;
}

function endsOf(tree: Int16Array): ReadonlySet<number> {
  const ends = new Set([0]);
  let node = 0;
  for (let bits = 1; bits < 8; bits++) {
    node = tree[node * 2 + 1] ?? 0;
    ends.add(node);
  }
  return ends;
}
