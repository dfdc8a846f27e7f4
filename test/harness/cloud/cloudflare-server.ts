import { randomUUID } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { startCloudServer, type CloudAnswer, type CloudServer } from './cloud-server.ts';

export interface CloudflareServerOptions {
  readonly token: string;
  /** By id. */
  readonly zones: Readonly<Record<string, string>>;
  /** At most so many records in an answer, whatever was asked for. */
  readonly pageSize?: number;
}

export interface CloudflareServerRecord {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly content?: string;
  readonly priority?: number;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly proxied?: boolean;
  readonly meta?: { readonly read_only?: boolean };
}

export interface CloudflareServer extends CloudServer {
  records(zoneId: string): readonly CloudflareServerRecord[];
  /** As if by somebody else. */
  put(zoneId: string, ...records: readonly CloudflareServerRecord[]): void;
}

const MAX_BATCH = 200;

const json = (status: number, body: object): CloudAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** An error in the form in which the service tells it. */
export const cloudflareError = (status: number, code: number, message: string): CloudAnswer =>
  json(status, { success: false, errors: [{ code, message }], messages: [], result: null });

class Refusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Cloudflare's API as documented, as far as records of zones go: every one by itself, in batches that are made as a whole. */
export async function startCloudflare({
  token,
  zones,
  pageSize = 5000,
}: CloudflareServerOptions): Promise<CloudflareServer> {
  const records = new Map<string, readonly CloudflareServerRecord[]>(Object.keys(zones).map((id) => [id, []]));

  function list(all: readonly unknown[], query: URLSearchParams): CloudAnswer {
    const page = Number(query.get('page') ?? 1);
    const size = Math.min(pageSize, Number(query.get('per_page') ?? 100));
    const result = all.slice((page - 1) * size, page * size);
    const info = {
      page,
      per_page: size,
      count: result.length,
      total_count: all.length,
      total_pages: Math.ceil(all.length / size),
    };
    return json(200, { success: true, errors: [], messages: [], result, result_info: info });
  }

  function batch(id: string, body: string): CloudAnswer {
    // @NOTE each field is looked at where it is used.
    const {
      deletes = [],
      patches = [],
      posts = [],
    } = JSON.parse(body) as {
      deletes?: { id: string }[];
      patches?: { id: string; ttl: number }[];
      posts?: Omit<CloudflareServerRecord, 'id'>[];
    };
    if (deletes.length + patches.length + posts.length > MAX_BATCH) {
      return cloudflareError(400, 9207, `A batch may have ${MAX_BATCH} changes.`);
    }
    try {
      let next = [...(records.get(id) ?? [])];
      const take = (recordId: string) => {
        const found = next.find((one) => one.id === recordId);
        if (found === undefined) throw new Refusal(81044, 'Record does not exist.');
        next = next.filter((one) => one !== found);
        return found;
      };
      for (const { id: recordId } of deletes) take(recordId);
      for (const { id: recordId, ttl } of patches) {
        const taken = take(recordId);
        next = add(next, { ...taken, ttl });
      }
      for (const post of posts) next = add(next, { ...post, id: randomUUID().replaceAll('-', '') });
      records.set(id, next);
      return json(200, { success: true, errors: [], messages: [], result: { posts: next.slice(-posts.length) } });
    } catch (err) {
      if (err instanceof Refusal) return cloudflareError(400, err.code, err.message);
      throw err;
    }
  }

  const server = await startCloudServer(({ method, url, headers, body }) => {
    if (headers.authorization === undefined) return cloudflareError(400, 9106, 'Authentication failed (status: 400)');
    if (headers.authorization !== `Bearer ${token}`) return cloudflareError(403, 9109, 'Invalid access token');
    const [, , id, , action] = url.pathname.split('/');
    const all = Object.entries(zones).map(([zoneId, name]) => ({ id: zoneId, name, status: 'active' }));
    const named = url.searchParams.get('name');
    if (id === undefined)
      return list(
        all.filter(({ name }) => named === null || name === named),
        url.searchParams,
      );
    const zone = all.find((one) => one.id === id);
    if (zone === undefined)
      return cloudflareError(404, 7003, `Could not route to /zones/${id}, perhaps your object identifier is invalid?`);
    if (url.pathname.endsWith(id)) return json(200, { success: true, errors: [], messages: [], result: zone });
    if (method === 'POST' && action === 'batch') return batch(id, body);
    const exact = url.searchParams.get('name.exact');
    return list(
      (records.get(id) ?? []).filter(({ name }) => exact === null || name === exact),
      url.searchParams,
    );
  });

  const put = (id: string, ...more: readonly CloudflareServerRecord[]) => {
    records.set(id, [...(records.get(id) ?? []), ...more]);
  };
  return { ...server, records: (id) => records.get(id) ?? [], put };
}

const EXISTS = 'An A, AAAA, or CNAME record with that host already exists.';

function add(records: readonly CloudflareServerRecord[], record: CloudflareServerRecord): CloudflareServerRecord[] {
  requireContent(record);
  const beside = records.filter((one) => one.name === record.name);
  if (record.type === 'CNAME' && beside.length > 0) throw new Refusal(81053, EXISTS);
  if (beside.some((one) => one.type === 'CNAME')) throw new Refusal(81054, EXISTS);
  const key = (one: CloudflareServerRecord) => JSON.stringify([one.type, one.content, one.priority, one.data]);
  if (beside.some((one) => key(one) === key(record))) throw new Refusal(81058, 'An identical record already exists.');
  return [...records, record];
}

const PARTED = ['SRV', 'CAA', 'HTTPS', 'SVCB'];

function requireContent({ type, ttl, content = '', data }: CloudflareServerRecord): void {
  if (ttl !== 1 && (ttl < 60 || ttl > 86_400)) {
    throw new Refusal(9021, 'Invalid TTL. Must be between 60 and 86,400 seconds, or 1 for Automatic.');
  }
  if (type === 'A' && !isIPv4(content)) {
    throw new Refusal(9005, 'Content for A record is invalid. Must be a valid IPv4 address');
  }
  if (type === 'AAAA' && !isIPv6(content)) {
    throw new Refusal(9006, 'Content for AAAA record is invalid. Must be a valid IPv6 address');
  }
  if (PARTED.includes(type) !== (data !== undefined)) throw new Refusal(1004, 'DNS Validation Error');
}
