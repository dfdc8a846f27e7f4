import type { Registry as MetricsRegistry } from '../../component-base/index.ts';
import type { RemoteApis } from '../aggregation/remote-apis.ts';
import { withRemoteDocuments } from '../aggregation/remote-open-api.ts';
import type { Documents } from '../documents.ts';
import { header, json, type ApiRequest, type CompleteAnswer } from './api-request.ts';
import type { Discovery } from './discovery.ts';
import { noSuchPath } from './failure.ts';
import type { Health } from './health.ts';
import { answerOpenApi, isOpenApiPath, type OpenApi } from './open-api.ts';
import type { VersionInfo } from './version.ts';

export interface PathsDeps {
  /** Loaded when first asked for: only clients that check what they send, or explain it, do. */
  readonly openApi: () => Promise<OpenApi>;
  readonly discovery: Discovery;
  readonly remoteApis: RemoteApis;
  readonly health: Health;
  readonly version: VersionInfo;
  readonly metrics: MetricsRegistry;
  readonly documents: Documents;
}

const PATHS = ['/api', '/apis', '/healthz', '/livez', '/metrics', '/openapi/v2', '/openapi/v3', '/readyz', '/version'];

/** Everything that is not a resource, all of it for reading only. */
export async function answerPath(deps: PathsDeps, request: ApiRequest): Promise<CompleteAnswer> {
  const path = request.path.length > 1 ? request.path.replace(/\/+$/, '') : request.path;
  switch (path) {
    case '/version':
      return json(deps.version);
    case '/metrics':
      return metrics(deps.metrics);
    case '/':
      return json({ paths: [...PATHS, ...Object.keys(deps.documents)].sort() });
  }
  if (Object.hasOwn(deps.documents, path)) return documentAt(deps.documents, path);
  if (isOpenApiPath(path)) {
    const answer = await answerOpenApi(await deps.openApi(), path, request);
    return path === '/openapi/v3' ? withRemoteDocuments(answer, deps.remoteApis.all()) : answer;
  }
  return (
    deps.discovery.answer(path, header(request, 'accept')) ??
    (await deps.health.answer({ path, query: request.query })) ??
    noSuchPath()
  );
}

function documentAt(documents: Documents, path: string): CompleteAnswer {
  const document = documents[path]?.();
  return document === undefined ? noSuchPath() : { type: 'complete', status: 200, ...document };
}

async function metrics(registry: MetricsRegistry): Promise<CompleteAnswer> {
  return { type: 'complete', status: 200, contentType: registry.contentType, body: await registry.metrics() };
}
