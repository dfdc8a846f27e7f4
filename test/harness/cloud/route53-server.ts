import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { startCloudServer, type CloudAnswer, type CloudRequest, type CloudServer } from './cloud-server.ts';
import { batchProblem, changedRecords, inOrder, type Route53Change, type Route53Record } from './route53-zone.ts';
import { signatureProblem, type AwsCredentials } from './signature-v4.ts';
import { parseXml, toXml, type XmlElement, type XmlValue } from './xml.ts';

export interface Route53ServerOptions {
  readonly credentials: AwsCredentials;
  /** By id, which begins with `Z`; names without the final dot. */
  readonly zones: Readonly<Record<string, string>>;
  /** At most so many record sets or health checks in an answer; 300 as documented. */
  readonly pageSize?: number;
}

export interface Route53Server extends CloudServer {
  records(zoneId: string): readonly Route53Record[];
  /** As if by somebody else. */
  put(zoneId: string, ...records: readonly Route53Record[]): void;
  /** By id: what they look at. */
  readonly healthChecks: ReadonlyMap<string, XmlElement>;
}

const NAMESPACE = 'https://route53.amazonaws.com/doc/2013-04-01/';

/** An error in the form in which the service tells it. */
export const route53Error = (status: number, code: string, message: string): CloudAnswer => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: `<?xml version="1.0"?>\n<ErrorResponse xmlns="${NAMESPACE}">${toXml({ Error: { Type: 'Sender', Code: code, Message: message }, RequestId: randomUUID() })}</ErrorResponse>`,
});

const answer = (root: string, value: XmlValue, status = 200): CloudAnswer => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: `<?xml version="1.0"?>\n<${root} xmlns="${NAMESPACE}">${toXml(value)}</${root}>`,
});

/** Amazon Route 53 as documented, as far as record sets and health checks go. Checks signatures. */
export async function startRoute53({
  credentials,
  zones,
  pageSize = 300,
}: Route53ServerOptions): Promise<Route53Server> {
  const records = new Map<string, readonly Route53Record[]>(Object.keys(zones).map((id) => [id, []]));
  const healthChecks = new Map<string, XmlElement>();
  const changing = new Set<string>();

  async function change(id: string, name: string, body: string): Promise<CloudAnswer> {
    if (changing.has(id)) {
      return route53Error(
        400,
        'PriorRequestNotComplete',
        'The request was rejected because Route 53 was still processing a prior request.',
      );
    }
    changing.add(id);
    try {
      await setImmediate();
      const changes = parseChanges(parseXml(body));
      const problem = batchProblem(changes);
      if (problem !== undefined) return route53Error(400, 'InvalidChangeBatch', problem);
      const missing = changes.find(
        ({ record: { healthCheckId: check } }) => check !== undefined && !healthChecks.has(check),
      );
      if (missing !== undefined)
        return route53Error(404, 'NoSuchHealthCheck', `No health check exists with the specified ID`);
      records.set(id, changedRecords(`${name}.`, records.get(id) ?? [], changes));
      return answer('ChangeResourceRecordSetsResponse', {
        ChangeInfo: { Id: `/change/${randomUUID()}`, Status: 'PENDING', SubmittedAt: '2026-01-01T00:00:00Z' },
      });
    } catch (err) {
      return route53Error(400, 'InvalidChangeBatch', `[${err instanceof Error ? err.message : String(err)}]`);
    } finally {
      changing.delete(id);
    }
  }

  function list(id: string, query: URLSearchParams): CloudAnswer {
    const from = {
      name: plain(query.get('name') ?? ''),
      type: query.get('type') ?? '',
      setIdentifier: query.get('identifier') ?? '',
    };
    const all = inOrder(records.get(id) ?? []);
    const marker: Route53Record = { ...from, values: [], routing: {} };
    const rest = query.has('name') ? all.filter((one) => inOrder([one, marker])[0] === marker || isAt(one, from)) : all;
    const size = Math.min(pageSize, Number(query.get('maxitems') ?? pageSize));
    const next = rest[size];
    return answer('ListResourceRecordSetsResponse', {
      ResourceRecordSets: { ResourceRecordSet: rest.slice(0, size).map(recordXml) },
      IsTruncated: next !== undefined,
      NextRecordName: next?.name,
      NextRecordType: next?.type,
      NextRecordIdentifier: next?.setIdentifier,
      MaxItems: size,
    });
  }

  function health({ method, url, body }: CloudRequest): CloudAnswer {
    const id = url.pathname.split('/')[3];
    if (method === 'DELETE') {
      const isChild = [...healthChecks.values()].some((check) =>
        check
          .one('HealthCheckConfig')
          .one('ChildHealthChecks')
          .all('ChildHealthCheck')
          .some(({ text }) => text === id),
      );
      if (isChild) return route53Error(400, 'HealthCheckInUse', 'The health check is a child of a calculated one.');
      return healthChecks.delete(id ?? '')
        ? answer('DeleteHealthCheckResponse', {})
        : route53Error(404, 'NoSuchHealthCheck', 'No such health check');
    }
    if (method === 'POST') {
      const check = parseXml(body).one('CreateHealthCheckRequest');
      const reference = check.textOf('CallerReference') ?? '';
      if (reference === '' || reference.length > 64)
        return route53Error(400, 'InvalidInput', 'Invalid caller reference');
      const taken = [...healthChecks.values()].some((other) => other.textOf('CallerReference') === reference);
      if (taken) return route53Error(409, 'HealthCheckAlreadyExists', 'The caller reference was used already');
      const made = randomUUID();
      healthChecks.set(made, check);
      const created = answer('CreateHealthCheckResponse', { HealthCheck: healthXml(made, check) }, 201);
      return { ...created, headers: { ...created.headers, location: `${NAMESPACE}healthcheck/${made}` } };
    }
    const all = [...healthChecks].sort(([a], [b]) => (a < b ? -1 : 1));
    const start = all.findIndex(([one]) => one >= (url.searchParams.get('marker') ?? ''));
    const page = all.slice(Math.max(start, 0), Math.max(start, 0) + pageSize);
    const next = all[Math.max(start, 0) + pageSize];
    return answer('ListHealthChecksResponse', {
      HealthChecks: { HealthCheck: page.map(([one, check]) => healthXml(one, check)) },
      IsTruncated: next !== undefined,
      NextMarker: next?.[0],
      MaxItems: pageSize,
    });
  }

  function zoneList(query: URLSearchParams): CloudAnswer {
    const all = Object.entries(zones).map(([id, name]) => ({ id, name: `${name}.` }));
    const from = query.get('dnsname') ?? '';
    const key = (name: string) => name.split('.').reverse().join('\u0001');
    const rest = all.filter(({ name }) => key(name) >= key(from)).sort((a, b) => (key(a.name) < key(b.name) ? -1 : 1));
    return answer('ListHostedZonesByNameResponse', {
      HostedZones: { HostedZone: rest.map(({ id, name }) => zoneXml(id, name)) },
      IsTruncated: false,
      MaxItems: 100,
    });
  }

  const server = await startCloudServer((request) => {
    const problem = signatureProblem(request, credentials, 'route53');
    if (problem !== undefined) return route53Error(403, problem, 'The request is not signed as it should be.');
    const { method, url, body } = request;
    const [, , kind = '', id = '', what] = url.pathname.split('/');
    if (kind === 'hostedzonesbyname') return zoneList(url.searchParams);
    if (kind === 'healthcheck') return health(request);
    const name = zones[id];
    if (name === undefined) return route53Error(404, 'NoSuchHostedZone', `No hosted zone found with ID: ${id}`);
    if (what === undefined) {
      return answer('GetHostedZoneResponse', {
        HostedZone: zoneXml(id, `${name}.`),
        DelegationSet: { NameServers: { NameServer: 'ns-1.test' } },
      });
    }
    return method === 'POST' ? change(id, name, body) : list(id, url.searchParams);
  });

  const put = (zoneId: string, ...more: readonly Route53Record[]) => {
    records.set(zoneId, [...(records.get(zoneId) ?? []), ...more]);
  };
  for (const [id, name] of Object.entries(zones)) {
    put(id, { name: `${name}.`, type: 'NS', ttl: 172_800, values: ['ns-1.test.'], routing: {} });
    put(id, {
      name: `${name}.`,
      type: 'SOA',
      ttl: 900,
      values: ['ns-1.test. hostmaster.test. 1 7200 900 1209600 86400'],
      routing: {},
    });
  }
  return { ...server, records: (id) => inOrder(records.get(id) ?? []), put, healthChecks };
}

const isAt = (record: Route53Record, at: { name: string; type: string; setIdentifier: string }) =>
  record.name === at.name &&
  (at.type === '' || record.type === at.type) &&
  (at.setIdentifier === '' || record.setIdentifier === at.setIdentifier);

const zoneXml = (id: string, name: string) => ({
  Id: `/hostedzone/${id}`,
  Name: name,
  CallerReference: id,
  Config: { PrivateZone: false },
});

const plain = (name: string) => {
  const lower = name.toLowerCase().replaceAll('*', '\\052');
  return lower === '' || lower.endsWith('.') ? lower : `${lower}.`;
};

const ROUTING = ['Weight', 'Region', 'Failover', 'GeoProximityLocation', 'GeoLocation', 'MultiValueAnswer'];

function parseChanges(body: XmlElement): Route53Change[] {
  const changes = body.one('ChangeResourceRecordSetsRequest').one('ChangeBatch').one('Changes').all('Change');
  return changes.map((change) => ({
    action: change.textOf('Action') ?? '',
    record: parseRecord(change.one('ResourceRecordSet')),
  }));
}

function parseRecord(element: XmlElement): Route53Record {
  const optional = <T>(name: string, value: T | undefined) => (value === undefined ? {} : { [name]: value });
  const routing = ROUTING.flatMap((name) => {
    const [found] = element.all(name);
    return found === undefined ? [] : [[name, name === 'GeoProximityLocation' ? placeOf(found) : found.text] as const];
  });
  const ttl = element.textOf('TTL');
  return {
    name: plain(element.textOf('Name') ?? ''),
    type: element.textOf('Type') ?? '',
    values: element
      .one('ResourceRecords')
      .all('ResourceRecord')
      .map((value) => value.textOf('Value') ?? '')
      .sort(),
    routing: Object.fromEntries(routing),
    ...optional('ttl', ttl === undefined ? undefined : Number(ttl)),
    ...optional('setIdentifier', element.textOf('SetIdentifier')),
    ...optional('healthCheckId', element.textOf('HealthCheckId')),
    ...optional('alias', element.one('AliasTarget').textOf('DNSName')),
  };
}

function placeOf(element: XmlElement): XmlValue {
  const [coordinates] = element.all('Coordinates');
  return {
    AWSRegion: element.textOf('AWSRegion'),
    Coordinates:
      coordinates === undefined
        ? undefined
        : { Latitude: coordinates.textOf('Latitude'), Longitude: coordinates.textOf('Longitude') },
  };
}

const recordXml = (record: Route53Record): XmlValue => ({
  Name: record.name,
  Type: record.type,
  SetIdentifier: record.setIdentifier,
  // @NOTE made of XML or by a test in the same form.
  ...(record.routing as { readonly [name: string]: XmlValue }),
  TTL: record.ttl,
  ResourceRecords:
    record.alias === undefined ? { ResourceRecord: record.values.map((Value) => ({ Value })) } : undefined,
  AliasTarget:
    record.alias === undefined ? undefined : { HostedZoneId: 'Z0', DNSName: record.alias, EvaluateTargetHealth: false },
  HealthCheckId: record.healthCheckId,
});

function healthXml(id: string, check: XmlElement): XmlValue {
  const config = check.one('HealthCheckConfig');
  const children = config.one('ChildHealthChecks').all('ChildHealthCheck');
  return {
    Id: id,
    CallerReference: check.textOf('CallerReference'),
    HealthCheckVersion: 1,
    HealthCheckConfig: {
      Type: config.textOf('Type'),
      IPAddress: config.textOf('IPAddress'),
      Port: config.textOf('Port'),
      ChildHealthChecks: children.length === 0 ? undefined : { ChildHealthCheck: children.map(({ text }) => text) },
    },
  };
}
