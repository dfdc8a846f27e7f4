import { pods } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { untilAborted, withDeadline } from '../../src/component-base/index.ts';
import type { ResourceAmounts } from '../apis/index.ts';
import { podRequests, sumOf } from './node-amounts.ts';

const PAGE_SIZE = 500;
const PAGE_TIMEOUT_MS = 10_000;
/** Counting more would cost a member and us more than the number is worth. */
const MAX_PODS = 20_000;

export interface Requested {
  /** Absent where there are too many pods to count. */
  readonly amounts?: ResourceAmounts;
  /** How many were read. */
  readonly pods: number;
}

/** What the pods of a member that have not ended request together, read page by page and summed at once. */
export async function requestedAmounts(client: Client, signal: AbortSignal): Promise<Requested> {
  let sum: ResourceAmounts = {};
  let count = 0;
  let read = 0;
  let next: string | undefined;
  do {
    const deadline = withDeadline(PAGE_TIMEOUT_MS, signal);
    const page = client.list(pods, {
      limit: PAGE_SIZE,
      fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed',
      ...(next === undefined ? {} : { continue: next }),
      signal: deadline,
    });
    const { items, metadata } = await untilAborted(page, deadline);
    const placed = items.filter(({ spec }) => (spec?.nodeName ?? '') !== '');
    sum = sumOf([sum, ...placed.map(podRequests)]);
    count += placed.length;
    read += items.length;
    next = metadata.continue === '' ? undefined : metadata.continue;
  } while (next !== undefined && read < MAX_PODS);
  const amounts = { pods: String(count), ...sum };
  return next === undefined ? { amounts, pods: read } : { pods: read };
}
