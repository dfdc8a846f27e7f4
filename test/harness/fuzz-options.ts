import { randomInt } from 'node:crypto';

/** How many packets a test makes up, and from which seed: `DNS_FUZZ_PACKETS=1000000` for a long one, `DNS_FUZZ_SEED` for the same again. */
export const fuzzOptions = {
  packets: Number(process.env['DNS_FUZZ_PACKETS'] ?? 10_000),
  seed: Number(process.env['DNS_FUZZ_SEED'] ?? randomInt(1_000_000)),
};
