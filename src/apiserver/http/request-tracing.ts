import { formatTraceparent, parseTraceparent, type Span, type Tracer } from '../../tracing/index.ts';
import { header, type ApiRequest } from './api-request.ts';
import type { ResourceInfo } from './request-info.ts';

/** A request that is traced. */
export interface TracedRequest {
  readonly span: Span;
  /** As it goes on from here: whoever it is passed on to works on a part of it. */
  readonly request: ApiRequest;
}

/** What goes on for long is not traced, as in Kubernetes: it would be told of when it ends. */
export function traced(
  tracer: Tracer,
  request: ApiRequest,
  info: ResourceInfo | undefined,
  auditId: string,
): TracedRequest | undefined {
  if (info?.verb === 'watch' || request.isUpgrade === true) return undefined;
  const { method, path } = request;
  const userAgent = header(request, 'user-agent');
  const span = tracer.begin(`${method} ${routeOf(path, info)}`, {
    kind: 'server',
    parent: parseTraceparent(header(request, 'traceparent')),
    attributes: {
      'http.request.method': method,
      'url.path': path,
      'audit-id': auditId,
      ...(userAgent === undefined ? {} : { 'user_agent.original': userAgent }),
      ...(info === undefined ? {} : { verb: info.verb, group: info.group, resource: info.plural }),
    },
  });
  const headers = { ...request.headers, traceparent: formatTraceparent(span.context) };
  return { span, request: { ...request, headers } };
}

export function endSpan(span: Span, code: number): void {
  span.set({ 'http.response.status_code': code });
  span.end(code < 500 ? undefined : new Error(String(code)));
}

/** The path without names, in Kubernetes' spelling: there are as many spans of different names as there are resources. */
function routeOf(path: string, info: ResourceInfo | undefined): string {
  if (info === undefined) return path.startsWith('/openapi/') ? '/openapi' : `/${path.split('/', 2)[1] ?? ''}`;
  const { group, version, plural, namespace, name, subresource } = info;
  return [
    group === '' ? '/api' : `/apis/${group}`,
    version,
    ...(namespace === undefined ? [] : ['namespaces', '{:namespace}']),
    plural,
    ...(name === undefined ? [] : ['{:name}']),
    ...(subresource === undefined ? [] : [subresource]),
  ].join('/');
}
