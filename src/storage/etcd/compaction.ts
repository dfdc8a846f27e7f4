import type { Clock, Logger } from '../../component-base/index.ts';
import type { Revision } from '../storage.ts';
import type { EtcdClient } from './etcd-client.ts';
import { encodeNumbers, encodeTxn, readTxn } from './kv-messages.ts';

/** Where Kubernetes' API servers agree on it too: of all that share an etcd one compacts. */
const COMPACTION_KEY = 'compact_rev_key';

export interface CompactionDeps {
  readonly client: EtcdClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly intervalMs: number;
}

export async function compact(client: EtcdClient, revision: Revision): Promise<void> {
  await client.call({ path: '/etcdserverpb.KV/Compact', body: encodeNumbers({ 1: revision }), repeatable: true });
}

/**
 * Forgets, each interval, what happened before the interval. Whoever writes the key first in an interval compacts;
 * the others see its version changed and wait for the next.
 */
export async function keepCompacted(
  { client, clock, log, intervalMs }: CompactionDeps,
  signal: AbortSignal,
): Promise<void> {
  let turn = 0;
  let revision: Revision = 0;
  const ended = () => signal.aborted;
  while (!ended()) {
    try {
      await clock.sleep(intervalMs, signal);
      const result = await takeTurn(client, turn, revision);
      if (result.won && revision > 0) await compact(client, revision);
      turn = result.turn;
      revision = result.revision;
    } catch (err) {
      if (!ended()) log.warn({ err }, 'the history in etcd could not be compacted');
    }
  }
}

async function takeTurn(client: EtcdClient, turn: number, revision: Revision) {
  const body = encodeTxn({
    key: COMPACTION_KEY,
    when: { version: turn },
    then: [{ put: { key: COMPACTION_KEY, value: Buffer.from(String(revision)) } }],
    otherwise: [{ range: { key: COMPACTION_KEY, end: '' } }],
  });
  const answer = readTxn(await client.call({ path: '/etcdserverpb.KV/Txn', body, repeatable: false }));
  const seen = answer.ranges[0]?.kvs[0]?.version ?? 0;
  return { won: answer.succeeded, turn: answer.succeeded ? turn + 1 : seen, revision: answer.revision };
}
