import { badRequest, expired, type ListMeta } from '../../apimachinery/index.ts';
import { isStorageError, type KeyValue, type ListOptions, type Revision, type Storage } from '../../storage/index.ts';
import type { Version } from './codec.ts';
import { ANY_REVISION, decodeContinue, encodeContinue } from './continue-token.ts';
import type { RegistryDeps } from './deps.ts';
import { keyPrefix } from './keys.ts';
import { placeOf } from './place.ts';
import { checkListOptions, parseResourceVersion, type ListRequest } from './list-options.ts';
import { select, type Selected } from './selection.ts';
import { fromStorageError, tooLargeResourceVersion } from './storage-errors.ts';

export interface ListAnswer {
  readonly versions: readonly Version[];
  readonly metadata: ListMeta;
}

/** Where and when to read: after which key, and the state of which revision (the present one when absent). */
interface Start {
  readonly after: string | undefined;
  readonly revision: Revision | undefined;
}

interface Page {
  readonly items: readonly KeyValue[];
  readonly revision: Revision;
  /** Objects after the last item; only a bound when something was left out by a selector. */
  readonly remaining: number;
}

interface Reading {
  readonly start: Start;
  /** 0: no limit. */
  readonly limit: number;
}

const CHUNK = 500;

export async function listObjects(deps: RegistryDeps, request: ListRequest): Promise<ListAnswer> {
  checkListOptions(request);
  const selected = select(deps.definition, request);
  const start = await startOf(deps, request);
  const page = await readPage(deps, selected, { start, limit: Math.max(0, request.limit ?? 0) }).catch(
    (err: unknown) => {
      throw readError(deps, err, start);
    },
  );
  return {
    versions: page.items.map((kv) => deps.codec.version(kv)),
    metadata: { resourceVersion: String(page.revision), ...next(deps, page, selected) },
  };
}

function next(deps: RegistryDeps, { items, remaining, revision }: Page, selected: Selected): ListMeta {
  const last = items.at(-1);
  if (remaining === 0 || last === undefined) return {};
  const after = last.key.slice(keyPrefix(deps.definition).length);
  const token = encodeContinue({ revision, after });
  return { continue: token, ...(selected.matches === undefined ? { remainingItemCount: remaining } : {}) };
}

async function startOf({ storage, definition }: RegistryDeps, request: ListRequest): Promise<Start> {
  const asked = parseResourceVersion(request.resourceVersion) ?? 0;
  const { continue: token = '' } = request;
  if (token !== '') {
    if (asked !== 0) throw badRequest('specifying resource version is not allowed when using continue');
    const { revision, after } = decodeContinue(token);
    return { after: keyPrefix(definition) + after, revision: revision === ANY_REVISION ? undefined : revision };
  }
  if (asked === 0) return { after: undefined, revision: undefined };
  await checkReached(storage, asked);
  return { after: undefined, revision: isExact(request) ? asked : undefined };
}

/** Refuses a version that the store has not got to. */
export async function checkReached(storage: Storage, asked: Revision): Promise<void> {
  if (asked === 0) return;
  const current = await storage.currentRevision();
  if (asked > current) throw tooLargeResourceVersion(asked, current);
}

/** A page of a version that was named without saying how is a page of exactly that one. */
function isExact({ resourceVersionMatch: match = '', limit = 0 }: ListRequest): boolean {
  return match === 'Exact' || (match === '' && limit > 0);
}

/** Reads until `limit` objects match or there are no more; all of it as of one revision. */
async function readPage(deps: RegistryDeps, selected: Selected, { start, limit }: Reading): Promise<Page> {
  const { prefix, isSelected, single } = placeOf(deps, selected);
  const size = single ? { limit: 1 } : chunk(limit, selected.matches === undefined);
  const items: KeyValue[] = [];
  let { after, revision } = start;
  for (;;) {
    const read = await deps.storage.list(prefix, { ...size, ...position(after, revision) });
    await deps.codec.prepare?.(read.items);
    revision = read.revision;
    after = read.items.at(-1)?.key;
    for (const [index, kv] of read.items.entries()) {
      if (!isSelected(kv)) continue;
      items.push(kv);
      if (items.length === limit) return { items, revision, remaining: read.remaining + read.items.length - index - 1 };
    }
    if (single || read.remaining === 0 || after === undefined) return { items, revision, remaining: 0 };
  }
}

function position(after: string | undefined, revision: Revision | undefined): ListOptions {
  return { ...(after === undefined ? {} : { after }), ...(revision === undefined ? {} : { revision }) };
}

function chunk(limit: number, everything: boolean): ListOptions {
  if (limit === 0) return {};
  return { limit: everything ? limit : Math.max(limit, CHUNK) };
}

/** When the state that the pages are of is gone, the client may go on with the present one. */
function readError({ definition }: RegistryDeps, err: unknown, { after }: Start): unknown {
  if (!isStorageError(err)) return err;
  if (err.code !== 'Compacted' || after === undefined) return fromStorageError(err, definition, '');
  const token = encodeContinue({ revision: ANY_REVISION, after: after.slice(keyPrefix(definition).length) });
  const message =
    'The provided continue parameter is too old to display a consistent list result. Start again without it, or take ' +
    'the token of this answer: it gives the rest as it is now, so changes since the first page may or may not show.';
  return expired(message, token);
}
