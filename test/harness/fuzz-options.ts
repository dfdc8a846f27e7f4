/**
 * How many packets a test makes up, and from which seed: `DNS_FUZZ_PACKETS=1000000` for a long one, `DNS_FUZZ_SEED` for
 * others. The same ones where nothing is said: what is found should be the doing of whoever changed something.
 */
export const fuzzOptions = {
  packets: Number(process.env['DNS_FUZZ_PACKETS'] ?? 10_000),
  seed: Number(process.env['DNS_FUZZ_SEED'] ?? 7873),
};
