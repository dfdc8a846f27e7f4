import { deepEqual, type TypeTable } from '../apimachinery/index.ts';
import type { Client } from '../client/index.ts';
import { AdmissionChain } from './admission/chain.ts';
import { RemoteApis } from './aggregation/remote-apis.ts';
import { requestHeaderAuthenticator } from './aggregation/request-header.ts';
import type { ApiServer, ApiServerOptions } from './api-server.ts';
import { isHealthPath } from './authentication/health-paths.ts';
import { certificateAuthenticator } from './authentication/authenticate.ts';
import { authenticated, serverItself } from './authentication/users.ts';
import { discoveryAuthorizer, mastersAuthorizer, unionAuthorizer } from './authorization/authorizers.ts';
import { ResourceCatalog } from './catalog.ts';
import { BodyReader } from './decoding/body-reader.ts';
import { auditedBody } from './audit/audited-body.ts';
import { Auditor } from './audit/auditor.ts';
import { Decoder } from './decoding/decoder.ts';
import { FlowControl } from './flow-control/flow-control.ts';
import { ConnectionMetrics } from './http/connection-metrics.ts';
import { Discovery } from './http/discovery.ts';
import { Handler } from './http/handler.ts';
import { Health, type HealthCheck } from './http/health.ts';
import { InFlight } from './http/in-flight.ts';
import { httpsListener } from './http/listener.ts';
import { ServerMetrics } from './http/metrics.ts';
import { rawReader } from './http/raw.ts';
import { ResourceRequests } from './http/resource-requests.ts';
import { DEFAULT_GIT_VERSION, versionInfo } from './http/version.ts';
import { InProcessClient } from './in-process/in-process-client.ts';
import { Registries } from './registry/registries.ts';
import type { OpenApi } from './http/open-api.ts';
import type { OpenApiV2 } from './openapi/open-api-v2.ts';
import type { KeptDocuments, OpenApiV3 } from './openapi/open-api-v3.ts';
import type { Authorizer } from './security.ts';

/** The source of what is served from the start. */
const BUILT_IN = 'built-in';
const IN_FLIGHT = { mutating: 200, readOnly: 400 };
const NO_LIMITS = { mutating: Infinity, readOnly: Infinity };

const everything: Authorizer = async () => ({ allowed: true });

export function createApiServer(options: ApiServerOptions): ApiServer {
  const { resources, storage, types, clock, log } = options;
  const admission = new AdmissionChain(() => options.admission?.(own) ?? [], log);
  const catalog = new ResourceCatalog();
  catalog.set(BUILT_IN, resources);
  const registries = new Registries(catalog, { storage, types, clock, admission });
  const raw = rawReader(() => handler);
  const own: Client = new InProcessClient({ user: serverItself, registries, authorizer: everything, raw });
  const authorizer = options.authorizer?.(own) ?? unionAuthorizer(mastersAuthorizer, discoveryAuthorizer);
  const lifecycle = { stopping: false };
  const remoteApis = new RemoteApis();
  const connectionMetrics = new ConnectionMetrics(options.metrics);
  const handler = createHandler(options, { own, catalog, registries, admission, remoteApis, authorizer, lifecycle });
  return {
    catalog,
    remoteApis,
    client: (user) => new InProcessClient({ user: authenticated(user), registries, authorizer, raw }),
    listener: (serving) =>
      httpsListener(serving, {
        handler,
        clock,
        log,
        metrics: connectionMetrics,
        stopping: () => {
          lifecycle.stopping = true;
        },
      }),
  };
}

interface Parts {
  readonly own: Client;
  readonly catalog: ResourceCatalog;
  readonly registries: Registries;
  readonly admission: AdmissionChain;
  readonly remoteApis: RemoteApis;
  readonly authorizer: Authorizer;
  readonly lifecycle: { readonly stopping: boolean };
}

function createHandler(options: ApiServerOptions, parts: Parts): Handler {
  const { own, catalog, registries, admission, remoteApis, authorizer, lifecycle } = parts;
  const { types, clock, log, gitVersion = DEFAULT_GIT_VERSION } = options;
  const metrics = new ServerMetrics(options.metrics);
  const reader = new BodyReader(types, catalog);
  const requests = new ResourceRequests({
    reader,
    admission,
    types,
    decoder: new Decoder(types),
    now: () => clock.now(),
    random: () => clock.random(),
    watching: (registry) => metrics.watching(registry),
  });
  return new Handler({
    registries,
    remoteApis,
    requests,
    paths: {
      remoteApis,
      openApi: openApiLoader({ catalog, types, remoteApis, version: gitVersion }),
      discovery: new Discovery(catalog, remoteApis),
      health: healthOf(options, lifecycle),
      version: versionInfo(gitVersion),
      metrics: options.metrics,
      documents: options.documents ?? {},
    },
    authenticators: [
      requestHeaderAuthenticator(options.frontProxies ?? []),
      certificateAuthenticator,
      ...(options.authenticators?.(own) ?? []),
    ],
    allowsAnonymous: options.allowsAnonymous ?? isHealthPath,
    authorizer,
    auditor: options.audit === undefined ? undefined : new Auditor(options.audit, clock),
    readBody: auditedBody(reader),
    flowControl: flowControlOf(options, own),
    // Where turns are taken, nobody is refused for what others do.
    inFlight: new InFlight(
      options.flowControl === undefined ? (options.inFlight ?? IN_FLIGHT) : NO_LIMITS,
      (kind, count) => {
        metrics.inFlight(kind, count);
      },
    ),
    metrics,
    tracer: options.tracer,
    clock,
    log,
  });
}

function flowControlOf(options: ApiServerOptions, own: Client): FlowControl | undefined {
  const { flowControl, clock, metrics, inFlight: { mutating, readOnly } = IN_FLIGHT } = options;
  if (flowControl === undefined) return undefined;
  return new FlowControl({ source: flowControl(own), seats: mutating + readOnly, clock, metrics });
}

function healthOf({ storage, readyChecks = {} }: ApiServerOptions, lifecycle: Parts['lifecycle']): Health {
  const always = new Map<string, HealthCheck>([
    ['ping', () => undefined],
    [
      'storage',
      async () => {
        await storage.currentRevision();
      },
    ],
  ]);
  const shutdown = () => {
    if (lifecycle.stopping) throw new Error('the server is stopping');
  };
  return new Health(always, new Map<string, HealthCheck>([...Object.entries(readyChecks), ['shutdown', shutdown]]));
}

interface OpenApiLoaderDeps {
  readonly catalog: ResourceCatalog;
  readonly types: TypeTable;
  readonly remoteApis: RemoteApis;
  readonly version: string;
}

function openApiLoader({ catalog, types, remoteApis, version }: OpenApiLoaderDeps): () => Promise<OpenApi> {
  const kept: KeptDocuments = new Map();
  const parts = () => remoteApis.all().flatMap(({ openApiPart = [] }) => openApiPart);
  return catalog.derive(async (definitions) => {
    const { createOpenApiV3 } = await import('./openapi/open-api-v3.ts');
    const v3 = createOpenApiV3(definitions, types, kept);
    return { v3, v2: onceFor(parts, (known) => loadOpenApiV2(v3, version, known)) };
  });
}

async function loadOpenApiV2(documents: OpenApiV3, version: string, parts: readonly string[]): Promise<OpenApiV2> {
  const { createOpenApiV2 } = await import('./openapi/open-api-v2.ts');
  return createOpenApiV2(documents, version, parts);
}

/** What was made is kept for as long as it would be made of the same. */
function onceFor<R>(of: () => readonly string[], make: (of: readonly string[]) => R): () => R {
  let made: { readonly of: readonly string[]; readonly value: R } | undefined;
  return () => {
    const now = of();
    if (made === undefined || !deepEqual(made.of, now)) made = { of: now, value: make(now) };
    return made.value;
  };
}
