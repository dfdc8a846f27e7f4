import { generateKeyPairSync, randomUUID, verify, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { startCloudServer, type CloudAnswer, type CloudRequest, type CloudServer } from './cloud-server.ts';

export interface GoogleServerOptions {
  readonly projectId: string;
  /** By resource name: names without the final dot. */
  readonly zones: Readonly<Record<string, string>>;
  readonly pageSize?: number;
}

export interface GoogleRrset {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly rrdatas?: readonly string[];
  readonly routingPolicy?: Readonly<Record<string, unknown>>;
}

export interface GoogleServer extends CloudServer {
  /** The key file of a service account that may do everything. */
  readonly keyFile: Readonly<Record<string, string>>;
  rrsets(zone: string): readonly GoogleRrset[];
  /** As if by somebody else. */
  put(zone: string, ...rrsets: readonly GoogleRrset[]): void;
}

/** Where tokens of service accounts come from; nothing tells the SDK of another place. */
export const GOOGLE_TOKEN_HOST = 'oauth2.googleapis.com';

const SCOPE = 'https://www.googleapis.com/auth/ndev.clouddns.readwrite';
const MAX_RRSETS = 1000;
const MAX_DATA_BYTES = 100_000;

const json = (status: number, body: object): CloudAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** An error in the form in which the service tells it. */
export const googleError = (status: number, reason: string, message: string): CloudAnswer =>
  json(status, { error: { code: status, message, errors: [{ message, domain: 'global', reason }] } });

class Refusal extends Error {
  readonly answer: CloudAnswer;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.answer = googleError(status, reason, message);
  }
}

/** Cloud DNS as documented, as far as record sets go, and the service that gives tokens for signed assertions. */
export async function startGoogle({ projectId, zones, pageSize = 1000 }: GoogleServerOptions): Promise<GoogleServer> {
  const rrsets = new Map<string, readonly GoogleRrset[]>(Object.keys(zones).map((id) => [id, []]));
  const tokens = new Set<string>();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const email = `dns@${projectId}.iam.gserviceaccount.com`;

  const token = (body: string): CloudAnswer => {
    const problem = assertionProblem(new URLSearchParams(body), { key: publicKey, email });
    if (problem !== undefined) return json(400, { error: 'invalid_grant', error_description: problem });
    const made = randomUUID();
    tokens.add(made);
    return json(200, { access_token: made, token_type: 'Bearer', expires_in: 3600 });
  };

  const page = (kind: string, all: readonly unknown[], query: URLSearchParams): CloudAnswer => {
    const start = Number(query.get('pageToken') ?? 0);
    const end = start + Math.min(pageSize, Number(query.get('maxResults') ?? pageSize));
    const next = end < all.length ? { nextPageToken: String(end) } : {};
    return json(200, { [kind]: all.slice(start, end), ...next });
  };

  const zoneOf = (id: string, name: string, index: number) => ({
    id: String(index + 1),
    name: id,
    dnsName: `${name}.`,
  });

  const api = ({ method, url, body }: CloudRequest): CloudAnswer => {
    const [, , , , project, , id, what] = url.pathname.split('/');
    if (project !== projectId) return googleError(404, 'notFound', `The project ${project ?? ''} does not exist.`);
    const all = Object.entries(zones).map(([zone, name], index) => zoneOf(zone, name, index));
    if (id === undefined) {
      const dnsName = url.searchParams.get('dnsName');
      return page(
        'managedZones',
        all.filter((zone) => dnsName === null || zone.dnsName === dnsName),
        url.searchParams,
      );
    }
    const zone = all.find((one) => one.name === id || one.id === id);
    if (zone === undefined) {
      return googleError(404, 'notFound', `The 'parameters.managedZone' resource named '${id}' does not exist.`);
    }
    const there = rrsets.get(zone.name) ?? [];
    if (what === undefined) return json(200, zone);
    if (method === 'POST') {
      rrsets.set(zone.name, changed(zone.dnsName, there, body));
      return json(200, { kind: 'dns#change', id: randomUUID(), status: 'pending' });
    }
    const name = url.searchParams.get('name');
    return page(
      'rrsets',
      there.filter((one) => name === null || one.name === name),
      url.searchParams,
    );
  };

  const server = await startCloudServer((request) => {
    if (request.url.pathname === '/token') return token(request.body);
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!tokens.has(bearer)) return googleError(401, 'authError', 'Invalid Credentials');
    try {
      return api(request);
    } catch (err) {
      if (err instanceof Refusal) return err.answer;
      throw err;
    }
  });

  const put = (id: string, ...more: readonly GoogleRrset[]) => {
    rrsets.set(id, [...(rrsets.get(id) ?? []), ...more]);
  };
  for (const [id, name] of Object.entries(zones)) {
    put(id, { name: `${name}.`, type: 'NS', ttl: 21_600, rrdatas: ['ns-1.test.'] });
    put(id, {
      name: `${name}.`,
      type: 'SOA',
      ttl: 21_600,
      rrdatas: ['ns-1.test. hostmaster.test. 1 21600 3600 259200 300'],
    });
  }
  const keyFile = {
    type: 'service_account',
    project_id: projectId,
    private_key_id: 'a',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: email,
    client_id: '1',
    token_uri: `https://${GOOGLE_TOKEN_HOST}/token`,
  };
  return { ...server, keyFile, rrsets: (id) => rrsets.get(id) ?? [], put };
}

/** RFC 7523 §3, with the audience and scope that this service wants. */
function assertionProblem(form: URLSearchParams, account: { key: KeyObject; email: string }): string | undefined {
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return 'not an assertion';
  const [header = '', payload = '', signature = ''] = (form.get('assertion') ?? '').split('.');
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify('RSA-SHA256', signed, account.key, Buffer.from(signature, 'base64url'))) return 'Invalid JWT Signature.';
  // @NOTE compared with what they must be.
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const scopes = typeof claims['scope'] === 'string' ? claims['scope'].split(' ') : [];
  if (claims['iss'] !== account.email || !scopes.includes(SCOPE)) return 'Invalid issuer or scope.';
  const isShort = Number(claims['exp']) - Number(claims['iat']) <= 3600;
  return claims['aud'] === `https://${GOOGLE_TOKEN_HOST}/token` && isShort ? undefined : 'Invalid audience or expiry.';
}

function changed(zone: string, before: readonly GoogleRrset[], body: string): readonly GoogleRrset[] {
  // @NOTE each field is looked at where it is used.
  const { additions = [], deletions = [] } = JSON.parse(body) as {
    additions?: GoogleRrset[];
    deletions?: GoogleRrset[];
  };
  const bytes = JSON.stringify([...additions, ...deletions].map(({ rrdatas }) => rrdatas)).length;
  if (additions.length > MAX_RRSETS || deletions.length > MAX_RRSETS || bytes > 2 * MAX_DATA_BYTES) {
    throw new Refusal(403, 'quotaExceeded', 'The change is larger than it may be.');
  }
  let after = [...before];
  for (const gone of deletions) {
    const what = `entity.change.deletions[${gone.name}][${gone.type}]`;
    const there = after.find((one) => one.name === gone.name && one.type === gone.type);
    if (there === undefined) {
      throw new Refusal(404, 'notFound', `The '${what}' resource named '${gone.name} (${gone.type})' does not exist.`);
    }
    if (!isDeepStrictEqual(there, gone))
      throw new Refusal(412, 'conditionNotMet', `Precondition not met for '${what}'`);
    after = after.filter((one) => one !== there);
  }
  for (const added of additions) {
    requireAddable(zone, after, added);
    after.push(added);
  }
  return after;
}

function requireAddable(zone: string, there: readonly GoogleRrset[], { name, type, rrdatas = [] }: GoogleRrset): void {
  const what = `entity.change.additions[${name}][${type}]`;
  if (there.some((one) => one.name === name && one.type === type)) {
    throw new Refusal(409, 'alreadyExists', `The resource '${what}' named '${name} (${type})' already exists`);
  }
  const isBeside = there.some((one) => one.name === name && (one.type === 'CNAME') !== (type === 'CNAME'));
  if (isBeside) {
    const rule = `the DNS name '${name}' may have either one CNAME resource record set or resource record sets of other types, but not both.`;
    throw new Refusal(
      400,
      'cnameResourceRecordSetConflict',
      `The resource record set '${what}' is invalid because ${rule}`,
    );
  }
  const isBad = type === 'A' && rrdatas.some((item) => !isIPv4(item));
  if (isBad || type.startsWith('TYPE') || !`.${name}`.endsWith(`.${zone}`)) {
    throw new Refusal(400, 'invalid', `Invalid value for '${what}.rrdata[0]': '${rrdatas[0] ?? ''}'`);
  }
}
