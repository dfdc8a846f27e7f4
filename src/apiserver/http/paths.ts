import type { Registry as MetricsRegistry } from '../../component-base/index.ts';
import type { OpenApiV3 } from '../openapi/open-api-v3.ts';
import { noSuchResource } from '../registry/rules.ts';
import { header, json, type ApiRequest, type CompleteAnswer } from './api-request.ts';
import type { Discovery } from './discovery.ts';
import { noSuchPath } from './failure.ts';
import type { Health } from './health.ts';
import type { VersionInfo } from './version.ts';

export interface PathsDeps {
  /** Loaded when first asked for: only clients that check what they send, or explain it, do. */
  readonly openApi: () => Promise<OpenApiV3>;
  readonly discovery: Discovery;
  readonly health: Health;
  readonly version: VersionInfo;
  readonly metrics: MetricsRegistry;
}

const OPENAPI = '/openapi/v3/';

/** Everything that is not a resource, all of it for reading only. */
export async function answerPath(deps: PathsDeps, request: ApiRequest): Promise<CompleteAnswer> {
  const path = request.path.length > 1 ? request.path.replace(/\/+$/, '') : request.path;
  switch (path) {
    case '/version':
      return json(deps.version);
    case '/metrics':
      return metrics(deps.metrics);
    case '/openapi/v3':
      return openApi(await deps.openApi(), '');
    case '/openapi/v2':
    case '/swagger-2.0.0.pb-v1':
      throw noSuchResource('there is no OpenAPI v2, which kubectl before 1.29 needs to validate, edit and explain');
    case '/':
      return json({ paths: ['/api', '/apis', '/healthz', '/livez', '/metrics', '/openapi/v3', '/readyz', '/version'] });
  }
  if (path.startsWith(OPENAPI)) return openApi(await deps.openApi(), path.slice(OPENAPI.length));
  return (
    deps.discovery.answer(path, header(request, 'accept')) ??
    (await deps.health.answer({ path, query: request.query })) ??
    noSuchPath()
  );
}

async function metrics(registry: MetricsRegistry): Promise<CompleteAnswer> {
  return { type: 'complete', status: 200, contentType: registry.contentType, body: await registry.metrics() };
}

function openApi(documents: OpenApiV3, path: string): CompleteAnswer {
  const document = path === '' ? documents.index() : documents.document(path);
  if (document === undefined) return noSuchPath();
  const { text, hash } = document;
  // Clients name the hash in the URL, so that what they keep is right for ever; the index itself is asked for anew.
  const caching = path === '' ? 'no-cache, private' : 'public, immutable, max-age=31536000';
  const headers = { etag: `"${hash}"`, vary: 'Accept', 'cache-control': caching };
  return { type: 'complete', status: 200, contentType: 'application/json', body: text, headers };
}
