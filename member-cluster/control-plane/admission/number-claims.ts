import { isStorageError, type Storage } from '../../../src/storage/index.ts';

/** By then every API server has heard of the Service that has the number. */
const TTL_SECONDS = 60;
const MAX_REMEMBERED = 10_000;

export type NumberRange = 'serviceips' | 'servicenodeports';

/** Who gets a number when several API servers, each with a pool of its own, give it out at the same moment. */
export interface NumberClaims {
  /** Claims them for the Service in turn; false at the first that another has claimed. */
  claim(range: NumberRange, numbers: Iterable<number>, service: string): Promise<boolean>;
  /** No Service has the number any more: takes back the claim if it was made here. */
  free(range: NumberRange, number: number): Promise<void>;
}

/** For one API server that has its storage to itself: its pools know. */
export const noClaims: NumberClaims = { claim: async () => true, free: async () => undefined };

/**
 * Claims in the storage that the API servers have in common: a key for each number, made before the Service is written,
 * which goes by itself once the Service speaks for itself.
 */
export function storedClaims(storage: Storage): NumberClaims {
  const own = new Map<string, number>();
  const claimOne = async (key: string, service: string): Promise<boolean> => {
    try {
      const { modRevision } = await storage.create(key, Buffer.from(service), { ttlSeconds: TTL_SECONDS });
      own.set(key, modRevision);
      for (const oldest of own.keys()) {
        if (own.size <= MAX_REMEMBERED) break;
        own.delete(oldest);
      }
      return true;
    } catch (err) {
      if (!isStorageError(err, 'Exists')) throw err;
    }
    const claim = await storage.get(key);
    return claim !== undefined && Buffer.from(claim.value).toString() === service;
  };
  return {
    async claim(range, numbers, service) {
      for (const number of numbers) if (!(await claimOne(keyOf(range, number), service))) return false;
      return true;
    },
    async free(range, number) {
      const key = keyOf(range, number);
      const modRevision = own.get(key);
      if (modRevision === undefined) return;
      own.delete(key);
      try {
        await storage.delete(key, modRevision);
      } catch (err) {
        if (!isStorageError(err, 'NotFound') && !isStorageError(err, 'Conflict')) throw err;
      }
    },
  };
}

const keyOf = (range: NumberRange, number: number) => `/registry/ranges/${range}/${number}`;
