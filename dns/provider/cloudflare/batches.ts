import type { RecordSet } from '../../zone/index.ts';
import type { Step } from '../remote/held.ts';
import { contentText, recordContent, type RecordContent } from './record-content.ts';
import type { HeldRecords } from './records.ts';

export interface NewRecord extends RecordContent {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly proxied: false;
}

/** Made as a whole or not at all, in this order. */
export interface Batch {
  readonly deletes: { readonly id: string }[];
  readonly patches: { readonly id: string; readonly ttl: number }[];
  readonly posts: NewRecord[];
}

/** As few records as possible, in batches of at most `limit` unless one name has more. Throws `DnsProviderError`. */
export function batches(steps: readonly Step<HeldRecords>[], limit: number): readonly Batch[] {
  const made: Batch[] = [];
  for (const ofName of Map.groupBy(steps, ({ name }) => name).values()) {
    const changes = ofName.map(changesOf);
    const needed = changes.reduce((sum, one) => sum + size(one), 0);
    let batch = made.at(-1);
    if (batch === undefined || size(batch) + needed > limit) {
      batch = { deletes: [], patches: [], posts: [] };
      made.push(batch);
    }
    for (const { deletes, patches, posts } of changes) {
      batch.deletes.push(...deletes);
      batch.patches.push(...patches);
      batch.posts.push(...posts);
    }
  }
  return made;
}

const size = ({ deletes, patches, posts }: Batch) => deletes.length + patches.length + posts.length;

function changesOf({ before, after }: Step<HeldRecords>): Batch {
  const held = before?.raw ?? [];
  if (after === undefined) return { deletes: held.map(({ id }) => ({ id })), patches: [], posts: [] };
  const wanted = new Map(after.data.map((item) => [item, newRecord(after, item)]));
  const deletes: { id: string }[] = [];
  const patches: { id: string; ttl: number }[] = [];
  for (const record of held) {
    // Data is compared as it is read, for Cloudflare may spell it in its own way.
    if (!wanted.delete(contentText(record.type, record))) deletes.push({ id: record.id });
    else if (record.ttl !== after.ttlSeconds) patches.push({ id: record.id, ttl: after.ttlSeconds });
  }
  return { deletes, patches, posts: [...wanted.values()] };
}

const newRecord = ({ name, type, ttlSeconds }: RecordSet, item: string): NewRecord => ({
  name,
  type,
  ttl: ttlSeconds,
  proxied: false,
  ...recordContent(type, item),
});
