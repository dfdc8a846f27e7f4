import fc from 'fast-check';
import type { KubeObject, ProtobufCodec } from '../../../src/apimachinery/index.ts';
import type { ResourceDefinition } from '../../../src/apiserver/index.ts';
import { bodyOf, patchOf, type Body } from './bodies.ts';
import { mutated, oddText } from './nasty-values.ts';
import { NAMESPACE, validObjectOf } from './valid-objects.ts';

export interface FuzzRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** What is made of these outlives the request, and would have all others asked at servers that are not there. */
const ONLY_TRIED = ['admissionregistration.k8s.io', 'apiregistration.k8s.io', 'flowcontrol.apiserver.k8s.io'];
/** A proxy goes on to whatever address the fuzzed object says. */
const LEFT_OUT = new Set(['proxy']);

/** What puts the valid object there; with `isDryRun`, and for kinds that are only tried, it is not stored. */
export function creationOf(definition: ResourceDefinition, isDryRun: boolean): FuzzRequest {
  const dryRun = isDryRun || ONLY_TRIED.includes(definition.group) ? '&dryRun=All' : '';
  return {
    method: 'POST',
    path: `${pathOf(definition)}?fieldValidation=Strict${dryRun}`,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(validObjectOf(definition) ?? {})),
  };
}

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

/** Every way in which an object comes to the server, and is shown. */
export function waysToSend(
  object: unknown,
  definition: ResourceDefinition,
  valid: KubeObject,
  query: Readonly<Record<string, string>> = { dryRun: 'All' },
): readonly FuzzRequest[] {
  const own = valid.metadata.name ?? '';
  const body = Buffer.from(JSON.stringify(object));
  const json = { 'content-type': 'application/json', accept: TABLE };
  const patch = (type: string) => ({ ...json, 'content-type': `application/${type}` });
  const dry = new URLSearchParams(query).toString();
  const apply = new URLSearchParams({ ...query, force: 'true', fieldManager: 'fuzz' }).toString();
  return [
    { method: 'POST', path: `${pathOf(definition)}?${dry}`, headers: json, body },
    { method: 'PUT', path: `${pathOf(definition, own)}?${dry}`, headers: json, body },
    { method: 'PUT', path: `${pathOf(definition, own, 'status')}?${dry}`, headers: json, body },
    { method: 'PATCH', path: `${pathOf(definition, own)}?${apply}`, headers: patch('apply-patch+yaml'), body },
    { method: 'PATCH', path: `${pathOf(definition, own)}?${dry}`, headers: patch('strategic-merge-patch+json'), body },
    { method: 'PATCH', path: `${pathOf(definition, own)}?${dry}`, headers: patch('merge-patch+json'), body },
  ];
}

/** Requests of clients that mean ill, or that have gone mad. */
export function fuzzRequests(
  definitions: readonly ResourceDefinition[],
  codec: ProtobufCodec,
): fc.Arbitrary<FuzzRequest> {
  const kinds = definitions.flatMap((definition) => {
    const valid = validObjectOf(definition);
    return valid === undefined ? [] : [requestsOf(definition, valid, codec)];
  });
  return fc.oneof({ weight: 20, arbitrary: fc.oneof(...kinds) }, { weight: 1, arbitrary: oddPaths });
}

function requestsOf(
  definition: ResourceDefinition,
  valid: KubeObject,
  codec: ProtobufCodec,
): fc.Arbitrary<FuzzRequest> {
  const parts = (definition.subresources ?? []).map(({ name }) => name).filter((name) => !LEFT_OUT.has(name));
  const part = fc.option(fc.constantFrom('status', 'nothing', ...parts), { nil: undefined, freq: 4 });
  // Most requests are for what is there.
  const name = fc.oneof(
    { weight: 4, arbitrary: fc.constant(valid.metadata.name ?? 'a') },
    fc.constantFrom('b', 'gone'),
  );
  const collection = fc.constant(pathOf(definition));
  const object = fc.record({ name, part }).map(({ name: own, part: sub }) => pathOf(definition, own, sub));
  const body = bodyOf(valid, codec);
  const any = fc.oneof(body, patchOf(valid));
  const kinds: readonly fc.WeightedArbitrary<Sent>[] = [
    { weight: 6, arbitrary: fc.record({ method: fc.constant('POST'), path: collection, body }) },
    { weight: 4, arbitrary: fc.record({ method: fc.constant('PUT'), path: object, body }) },
    { weight: 6, arbitrary: fc.record({ method: fc.constant('PATCH'), path: object, body: patchOf(valid) }) },
    { weight: 3, arbitrary: fc.record({ method: fc.constant('GET'), path: fc.oneof(collection, object) }) },
    { weight: 1, arbitrary: fc.record({ method: fc.constant('DELETE'), path: object, body: fc.option(body, NONE) }) },
    { weight: 1, arbitrary: fc.record({ method: fc.constantFrom(...METHODS), path: collection.chain(oddSegment) }) },
    {
      weight: 2,
      arbitrary: fc.record({ method: fc.constantFrom(...METHODS), path: fc.oneof(collection, object), body: any }),
    },
  ];
  return fc
    .record({ sent: fc.oneof(...kinds), query, headers })
    .map(({ sent, ...rest }) => requestOf(definition, { ...rest, ...sent }));
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: Body | undefined;
}

const NONE = { nil: undefined, freq: 2 };

interface Parts extends Sent {
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

function requestOf(
  definition: ResourceDefinition,
  { method, path, body, query: asked, headers: given }: Parts,
): FuzzRequest {
  const isRead = method === 'GET' || method === 'HEAD';
  const tried = needsDryRun(definition, body) ? { ...asked, dryRun: 'All' } : asked;
  const text = new URLSearchParams(isRead ? asked : tried).toString();
  return {
    method,
    path: text === '' ? path : `${path}?${text}`,
    headers: { ...given, ...(body === undefined || isRead ? {} : { 'content-type': body.contentType }) },
    body: isRead ? undefined : body?.bytes,
  };
}

/** Hundreds of replicas are no fault of the API server. */
function needsDryRun({ group, plural }: ResourceDefinition, body: Body | undefined): boolean {
  if (ONLY_TRIED.includes(group)) return true;
  const makesPods =
    ['apps', 'batch', 'autoscaling', 'extensions'].includes(group) || plural === 'replicationcontrollers';
  if (!makesPods || body === undefined) return false;
  return body.contentType.includes('protobuf') || /\d{3}|\de/i.test(body.bytes.toString());
}

export function pathOf(
  { group, version, namespaced, plural }: ResourceDefinition,
  name?: string,
  part?: string,
): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const place = namespaced ? `/namespaces/${NAMESPACE}` : '';
  const rest = name === undefined ? '' : part === undefined ? `/${name}` : `/${name}/${part}`;
  return `${root}${place}/${plural}${rest}`;
}

const segment = fc.oneof(
  oddText.map((text) => encodeURIComponent(text.slice(0, 2_000).toWellFormed())),
  fc.constantFrom('%', '%zz', '%00', '%2F', '..', '.', '%2e%2e', '%ff', '%ed%a0%80', 'watch', 'namespaces', '*', ''),
);

function oddSegment(path: string): fc.Arbitrary<string> {
  const segments = path.split('/');
  return fc
    .tuple(fc.nat({ max: segments.length - 1 }), segment)
    .map(([at, odd]) => `/${segments.with(at, odd).join('/').replace(/^\/+/, '')}`);
}

const oddPaths: fc.Arbitrary<FuzzRequest> = fc.record({
  method: fc.constantFrom(...METHODS, 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'),
  path: fc.oneof(
    fc.constantFrom('/', '//', '/api', '/apis', '/apis/apps', '/openapi/v2', '/openapi/v3/apis/apps/v1', '/version'),
    fc.constantFrom('/healthz', '/livez/ping', '/readyz?verbose', '/metrics', '/apis/nope.example.com/v1/x', '/logs'),
    fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`),
    fc.constant('/openapi/v2').chain(oddSegment),
  ),
  headers: fc.constant({}),
  body: fc.constant(undefined),
});

const CONTINUE = { v: 'meta.k8s.io/v1', rv: 5, start: 'fuzz/a' };
const token = fc.oneof(
  mutated(CONTINUE).map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
  oddText,
);
const selector = fc.oneof(
  fc.constantFrom('fuzz=yes', 'a in (b,c),!d', 'x>1', 'a=', '=,=', 'a notin ()', '((', 'metadata.name=a', '!'),
  fc.constant(Array.from({ length: 3_000 }, (_, at) => `k${at}!=v`).join(',')),
  oddText,
);
const count = fc.constantFrom('0', '1', '2', '-1', '1.5', '99999999999999999999', 'x', '9007199254740993', '');
const flag = fc.constantFrom('true', 'false', '0', '', 'maybe');
/** A value of HTTP/2 has 64 KiB at most, and whoever sends a longer one loses the connection. */
const LONGEST = 15_000;
const version = fc.oneof(
  fc.constantFrom('0', '1', '5', '99999999', '-1', 'x', '18446744073709551616', '0x1', '1e3'),
  oddText,
);

const query: fc.Arbitrary<Readonly<Record<string, string>>> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc
    .record(
      {
        labelSelector: selector,
        fieldSelector: selector,
        limit: count,
        continue: token,
        resourceVersion: version,
        resourceVersionMatch: fc.constantFrom('Exact', 'NotOlderThan', 'exact', ''),
        watch: flag,
        timeoutSeconds: count,
        sendInitialEvents: flag,
        allowWatchBookmarks: flag,
        pretty: flag,
        dryRun: fc.constantFrom('All', 'all', ''),
        fieldManager: fc.oneof(fc.constantFrom('me', 'a'.repeat(129)), oddText),
        fieldValidation: fc.constantFrom('Strict', 'Warn', 'Ignore', 'strict', ''),
        force: flag,
        timeout: fc.constantFrom('5s', '0s', '-1s', '1h99999999999h', '1', 'x', '9'.repeat(3_000)),
        gracePeriodSeconds: count,
        propagationPolicy: fc.constantFrom('Foreground', 'Orphan', 'Backwards'),
        orphanDependents: flag,
        includeObject: fc.constantFrom('None', 'Object', 'Everything'),
        tailLines: count,
        container: oddText,
        command: oddText,
      },
      { requiredKeys: [] },
    )
    .chain((all) => fc.subarray(Object.entries(all), { maxLength: 3 }))
    .map((some) => Object.fromEntries(some.map(([name, text]) => [name, text.slice(0, LONGEST)]))),
);

/** What a header may carry at all, which both versions of HTTP see to. */
const headerText = oddText.map((text) => text.replaceAll(/[^\x21-\x7e]/g, '').slice(0, 2_000));
const ACCEPTS = [
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  'application/vnd.kubernetes.protobuf',
  'application/vnd.kubernetes.protobuf;stream=watch',
  'application/yaml',
  'text/html;q=0.9,*/*;q=0',
  ';;;,,,',
  '*/*',
];

const headers: fc.Arbitrary<Readonly<Record<string, string>>> = fc.oneof(
  { weight: 12, arbitrary: fc.constant({}) },
  fc.constantFrom(...ACCEPTS).map((accept) => ({ accept })),
  headerText.map((accept) => ({ accept })),
  headerText.map((text) => ({ authorization: `Bearer ${text}` })),
  headerText.map((text) => ({ 'impersonate-user': text, 'impersonate-extra-a%2': text })),
  headerText.map((text) => ({ 'user-agent': text, 'audit-id': text, 'accept-encoding': text })),
  headerText.map((text) => ({ 'x-remote-user': text, 'x-forwarded-for': text, 'kubectl-command': text })),
);
