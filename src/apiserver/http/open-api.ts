import { createHash } from 'node:crypto';
import type { OpenApiV2 } from '../openapi/open-api-v2.ts';
import type { OpenApiV3 } from '../openapi/open-api-v3.ts';
import { header, type ApiRequest, type CompleteAnswer } from './api-request.ts';
import { noSuchPath } from './failure.ts';
import { mediaRanges, notAcceptable } from './negotiation.ts';

/** The documents that describe the API. */
export interface OpenApi {
  readonly v3: OpenApiV3;
  readonly v2: () => Promise<OpenApiV2>;
}

const V3 = '/openapi/v3';
const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
/** The old name has an `@`, which no media type may have. */
const PROTOBUF_TYPES = new Set([PROTOBUF_TYPE, 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf']);

export function isOpenApiPath(path: string): boolean {
  return path === V3 || path.startsWith(`${V3}/`) || path === '/openapi/v2' || path === '/swagger-2.0.0.pb-v1';
}

export async function answerOpenApi(documents: OpenApi, path: string, request: ApiRequest): Promise<CompleteAnswer> {
  switch (path) {
    case '/swagger-2.0.0.pb-v1':
      return v2Answer(await documents.v2(), 'protobuf', request);
    case '/openapi/v2':
      return v2Answer(await documents.v2(), formOf(header(request, 'accept')), request);
    default:
      return v3Answer(documents.v3, path.slice(V3.length + 1));
  }
}

function formOf(accept = ''): 'json' | 'protobuf' {
  if (accept === '') return 'json';
  for (const { type } of mediaRanges(accept)) {
    if (PROTOBUF_TYPES.has(type)) return 'protobuf';
    if (type === JSON_TYPE || type === 'application/*' || type === '*/*') return 'json';
  }
  throw notAcceptable([JSON_TYPE, PROTOBUF_TYPE]);
}

function v2Answer(documents: OpenApiV2, form: 'json' | 'protobuf', request: ApiRequest): CompleteAnswer {
  const body = form === 'json' ? documents.json() : documents.protobuf();
  const etag = `"${createHash('sha256').update(body).digest('hex').toUpperCase()}"`;
  const headers = { etag, vary: 'Accept', 'cache-control': 'no-cache, private' };
  const contentType = form === 'json' ? JSON_TYPE : PROTOBUF_TYPE;
  if (header(request, 'if-none-match') === etag)
    return { type: 'complete', status: 304, contentType, body: '', headers };
  return { type: 'complete', status: 200, contentType, body, headers };
}

function v3Answer(documents: OpenApiV3, path: string): CompleteAnswer {
  const document = path === '' ? documents.index() : documents.document(path);
  if (document === undefined) return noSuchPath();
  const { text, hash } = document;
  // Clients name the hash in the URL, so that what they keep is right for ever; the index itself is asked for anew.
  const caching = path === '' ? 'no-cache, private' : 'public, immutable, max-age=31536000';
  const headers = { etag: `"${hash}"`, vary: 'Accept', 'cache-control': caching };
  return { type: 'complete', status: 200, contentType: JSON_TYPE, body: text, headers };
}
