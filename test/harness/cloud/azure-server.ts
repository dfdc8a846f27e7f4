import { randomUUID } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { startCloudServer, type CloudAnswer, type CloudRequest, type CloudServer } from './cloud-server.ts';

export interface AzureServerOptions {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Resource group and name, as `group/example.com`. */
  readonly zones: readonly string[];
  readonly pageSize?: number;
}

interface Properties {
  readonly TTL?: number;
  readonly ARecords?: readonly { readonly ipv4Address: string }[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly targetResource?: { readonly id?: string };
  readonly [field: string]: unknown;
}

export interface AzureRecordSet {
  readonly name: string;
  readonly type: string;
  readonly etag: string;
  readonly properties: Properties;
}

export interface AzureServer extends CloudServer {
  /** Of `group/zone`. */
  recordSets(zone: string): readonly AzureRecordSet[];
  /** As if by somebody else. */
  put(zone: string, name: string, type: string, properties: Properties): void;
}

/** Where tokens come from, and the API. */
export const AZURE_HOSTS = ['login.microsoftonline.com', 'management.azure.com'];

const json = (status: number, body: object): CloudAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** An error in the form in which the service tells it. */
export const azureError = (status: number, code: string, message: string): CloudAnswer =>
  json(status, { code, message, error: { code, message } });

const MAX_RECORDS = 20;
/** Of the API, wherever it was reached. */
const SCOPE = /^https:\/\/(management\.azure\.com|127\.0\.0\.1:\d+)\/\.default$/;

/** Azure DNS as documented, as far as record sets go, and the service that gives tokens to applications. */
export async function startAzure(options: AzureServerOptions): Promise<AzureServer> {
  const { subscriptionId, zones, pageSize = 500 } = options;
  const all = new Map<string, readonly AzureRecordSet[]>(zones.map((zone) => [zone, []]));
  const tokens = new Set<string>();

  const token = (tenant: string, body: string): CloudAnswer => {
    const form = new URLSearchParams(body);
    const isRight =
      tenant === options.tenantId &&
      form.get('grant_type') === 'client_credentials' &&
      form.get('client_id') === options.clientId &&
      form.get('client_secret') === options.clientSecret &&
      (form.get('scope') ?? '').split(' ').some((scope) => SCOPE.test(scope));
    if (!isRight) {
      return json(401, {
        error: 'invalid_client',
        error_description: 'AADSTS7000215: Invalid client secret provided.',
      });
    }
    const made = randomUUID();
    tokens.add(made);
    return json(200, { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: made });
  };

  const list = (zone: string, { url, headers: { host = '' } }: CloudRequest): CloudAnswer => {
    const suffix = url.searchParams.get('$recordsetnamesuffix');
    const found = (all.get(zone) ?? []).filter(({ name }) => suffix === null || name.endsWith(`.${suffix}`));
    const start = Number(url.searchParams.get('$skipToken') ?? 0);
    const end = start + Math.min(pageSize, Number(url.searchParams.get('$top') ?? 100));
    const next = new URL(url);
    next.searchParams.set('$skipToken', String(end));
    const nextLink = end < found.length ? { nextLink: `https://${host}${next.pathname}${next.search}` } : {};
    return json(200, { value: found.slice(start, end).map(shown), ...nextLink });
  };

  const write = (zone: string, { name, type }: { name: string; type: string }, request: CloudRequest): CloudAnswer => {
    const sets = all.get(zone) ?? [];
    const there = sets.find((set) => set.name === name && set.type === type);
    if (request.method === 'DELETE' && there === undefined) return { status: 204 };
    const stale = staleProblem(request, there);
    if (stale !== undefined) return azureError(412, 'PreconditionFailed', stale);
    const others = sets.filter((set) => set !== there);
    if (request.method === 'DELETE') {
      all.set(zone, others);
      return { status: 200 };
    }
    // @NOTE each field is looked at where it is used.
    const { properties } = JSON.parse(request.body) as { properties: Properties };
    const problem = propertiesProblem(type, properties);
    if (problem !== undefined) return azureError(400, 'BadRequest', problem);
    const beside = others.find((set) => set.name === name && (set.type === 'CNAME') !== (type === 'CNAME'));
    if (beside !== undefined) {
      return azureError(
        409,
        'Conflict',
        `The record could not be created because a ${beside.type} record with the same name already exists in this zone.`,
      );
    }
    const set = { name, type, etag: randomUUID(), properties };
    all.set(zone, [...others, set]);
    return json(there === undefined ? 201 : 200, shown(set));
  };

  const api = (request: CloudRequest): CloudAnswer => {
    const { url } = request;
    const parts = url.pathname
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
    const [, subscription, resources, group = '', , , , name = '', type, relative] = parts;
    if (subscription !== subscriptionId)
      return azureError(404, 'SubscriptionNotFound', 'The subscription could not be found.');
    if (resources === 'providers') return json(200, { value: zones.map((zone) => zoneOf(subscriptionId, zone)) });
    const zone = `${group}/${name}`;
    if (!all.has(zone))
      return azureError(404, 'ResourceNotFound', `The Resource 'Microsoft.Network/dnszones/${name}' was not found.`);
    if (type === undefined) return json(200, zoneOf(subscriptionId, zone));
    if (relative === undefined) return list(zone, request);
    return write(zone, { name: relative, type }, request);
  };

  const server = await startCloudServer((request) => {
    const { url, headers } = request;
    const [, tenant = '', , , action] = url.pathname.split('/');
    if (url.pathname.endsWith('/oauth2/v2.0/token')) return token(tenant, request.body);
    if (url.pathname.includes('openid-configuration') || action === 'instance') return openId(tenant);
    const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    if (!tokens.has(bearer)) return azureError(401, 'AuthenticationFailed', 'Authentication failed.');
    return api(request);
  });
  const put = (zone: string, name: string, type: string, properties: Properties) => {
    all.set(zone, [...(all.get(zone) ?? []), { name, type, etag: randomUUID(), properties }]);
  };
  for (const zone of zones) {
    put(zone, '@', 'NS', { TTL: 172_800, NSRecords: [{ nsdname: 'ns1.test.' }] });
    put(zone, '@', 'SOA', { TTL: 3600, SOARecord: { host: 'ns1.test.', serialNumber: 1 } });
  }
  return { ...server, recordSets: (zone) => all.get(zone) ?? [], put };
}

function staleProblem({ headers }: CloudRequest, there: AzureRecordSet | undefined): string | undefined {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  const isStale = ifMatch === undefined ? ifNoneMatch === '*' && there !== undefined : there?.etag !== ifMatch;
  return isStale ? `The condition '${ifMatch ?? '*'}' in the If-Match header was not satisfied.` : undefined;
}

function openId(tenant: string): CloudAnswer {
  const base = `https://login.microsoftonline.com/${tenant}`;
  return json(200, {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    issuer: `${base}/v2.0`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
  });
}

const shown = ({ name, type, etag, properties }: AzureRecordSet) => ({
  name,
  type: `Microsoft.Network/dnszones/${type}`,
  etag,
  properties: { ...properties, provisioningState: 'Succeeded' },
});

function zoneOf(subscription: string, zone: string) {
  const [group = '', name = ''] = zone.split('/');
  const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/dnszones/${name}`;
  return { id, name, type: 'Microsoft.Network/dnszones', location: 'global', properties: {} };
}

function propertiesProblem(type: string, { TTL = 0, ARecords = [], ...fields }: Properties): string | undefined {
  if (TTL < 1) return `The value '${TTL}' of TTL is not valid.`;
  const lists = Object.values(fields).filter((value) => Array.isArray(value));
  const count = lists.reduce((sum, list) => sum + list.length, ARecords.length);
  if (count > MAX_RECORDS) return `The record set exceeds the limit of ${MAX_RECORDS} records.`;
  if (count === 0 && type !== 'CNAME') return 'The record set has no records.';
  const bad = ARecords.find(({ ipv4Address }) => !isIPv4(ipv4Address));
  return bad === undefined ? undefined : `The IPv4 address '${bad.ipv4Address}' is not valid.`;
}
