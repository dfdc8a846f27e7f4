import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createCertificateAuthority, issueServingCertificate } from '../../src/pki/index.ts';

export interface ReviewedRequest {
  readonly uid: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly operation: string;
  readonly subResource?: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly options: object | null;
  readonly dryRun?: boolean;
  readonly resource: { readonly group: string; readonly version: string; readonly resource: string };
  readonly userInfo: { readonly username: string; readonly groups?: readonly string[] };
  readonly object: {
    readonly metadata: { readonly name?: string; readonly labels?: Readonly<Record<string, string>> };
  } | null;
  readonly oldObject: object | null;
}

export interface WebhookAnswer {
  readonly allowed: boolean;
  readonly status?: object;
  readonly patch?: readonly object[];
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

export interface WebhookServer extends AsyncDisposable {
  readonly port: number;
  readonly host: string;
  /** Base64 of the PEM of its certificate authority. */
  readonly caBundle: string;
  /** What each path was asked. */
  readonly asked: { readonly path: string; readonly request: ReviewedRequest }[];
}

export interface WebhookServerOptions {
  /** By path. An answer that is no object is sent as it is; `undefined`: none at all. */
  readonly answers: Readonly<Record<string, (request: ReviewedRequest) => WebhookAnswer | string | undefined>>;
  /** Names in its certificate, beside 127.0.0.1. */
  readonly hosts?: readonly string[];
}

/** A webhook as anyone would write one: HTTPS, AdmissionReview v1. */
export async function startWebhookServer({ answers, hosts = [] }: WebhookServerOptions): Promise<WebhookServer> {
  const ca = await createCertificateAuthority();
  const { key, certificate } = await issueServingCertificate(ca, {
    commonName: 'webhook',
    hosts: ['127.0.0.1', ...hosts],
  });
  const asked: WebhookServer['asked'][number][] = [];
  const server = createServer({ key, cert: certificate }, (incoming, outgoing) => {
    void Array.fromAsync(incoming as AsyncIterable<Buffer>).then((chunks) => {
      const path = new URL(incoming.url ?? '/', 'https://webhook').pathname;
      // @NOTE the API server sends AdmissionReviews, which is what is tested.
      const { request, apiVersion } = JSON.parse(Buffer.concat(chunks).toString()) as {
        request: ReviewedRequest;
        apiVersion: string;
      };
      asked.push({ path, request });
      const answer = answers[path]?.(request);
      if (answer === undefined) return;
      outgoing.setHeader('content-type', 'application/json');
      outgoing.end(typeof answer === 'string' ? answer : review(apiVersion, request.uid, answer));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // @NOTE a server that listens on TCP has an address.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    host: '127.0.0.1',
    caBundle: Buffer.from(ca.certificate).toString('base64'),
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function review(apiVersion: string, uid: string, { patch, ...rest }: WebhookAnswer): string {
  const encoded = patch && { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
  return JSON.stringify({ apiVersion, kind: 'AdmissionReview', response: { uid, ...rest, ...encoded } });
}
