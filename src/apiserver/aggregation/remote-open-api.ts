import { createHash } from 'node:crypto';
import type { CompleteAnswer } from '../http/api-request.ts';
import type { RemoteApi } from './remote-apis.ts';

/** The index of documents with those of other servers in it, which are passed on when they are asked for. */
export function withRemoteDocuments(index: CompleteAnswer, apis: readonly RemoteApi[]): CompleteAnswer {
  const known = apis.flatMap(({ group, version, openApiUrl }) =>
    openApiUrl === undefined ? [] : [[`apis/${group}/${version}`, { serverRelativeURL: openApiUrl }] as const],
  );
  if (known.length === 0) return index;
  // @NOTE the index was made of such an object.
  const { paths } = JSON.parse(index.body.toString()) as { readonly paths: object };
  const body = JSON.stringify({ paths: { ...paths, ...Object.fromEntries(known) } });
  const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 32).toUpperCase()}"`;
  return { ...index, body, headers: { ...index.headers, etag } };
}

/**
 * What is taken over of another server's document in version 2, as JSON. Rejects when it cannot be read, or when clients
 * could not read it.
 */
export async function openApiPart(
  text: string,
  version: { readonly group: string; readonly version: string },
): Promise<string> {
  const { versionPart } = await import('../openapi/remote-part.ts');
  return JSON.stringify(versionPart(text, version));
}
