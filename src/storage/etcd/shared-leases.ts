import type { Clock } from '../../component-base/index.ts';
import type { EtcdClient } from './etcd-client.ts';
import { encodeNumbers } from './kv-messages.ts';

/** A lease costs etcd more than a key: those that end at about the same time share one, as Kubernetes does it. */
const MAX_KEYS = 1_000;
const MAX_SHARED_SECONDS = 60;
const SHARED_PART = 0.05;
const LARGEST_ID = 2 ** 52;

interface Lease {
  readonly id: Promise<number>;
  readonly endsAtMs: number;
  keys: number;
}

/** Leases by which keys go when their time has come: not before it, and at most a twentieth of it later. */
export class SharedLeases {
  readonly #client: EtcdClient;
  readonly #clock: Clock;
  #last: Lease | undefined;

  constructor(client: EtcdClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  async leaseFor(ttlSeconds: number): Promise<number> {
    const spareSeconds = Math.min(MAX_SHARED_SECONDS, Math.floor(ttlSeconds * SHARED_PART));
    const needed = this.#clock.now() + ttlSeconds * 1000;
    const last = this.#last;
    if (last !== undefined && last.keys < MAX_KEYS) {
      const sharable = last.endsAtMs >= needed && last.endsAtMs <= needed + spareSeconds * 1000;
      if (sharable && spareSeconds > 0) {
        last.keys++;
        return last.id;
      }
    }
    const id = this.#grant(Math.ceil(ttlSeconds) + spareSeconds);
    const lease: Lease = { id, endsAtMs: needed + spareSeconds * 1000, keys: 1 };
    this.#last = lease;
    id.catch(() => {
      this.forget();
    });
    return id;
  }

  /** The last one is of no more use. */
  forget(): void {
    this.#last = undefined;
  }

  /** The id is ours to choose, so that it fits a number. */
  async #grant(seconds: number): Promise<number> {
    const id = 1 + Math.floor(this.#clock.random() * LARGEST_ID);
    const body = encodeNumbers({ 1: seconds, 2: id });
    await this.#client.call({ path: '/etcdserverpb.Lease/LeaseGrant', body, repeatable: false });
    return id;
  }
}
