import { createHash, createHmac } from 'node:crypto';
import type { CloudRequest } from './cloud-server.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

interface Authorization {
  readonly keyId: string;
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signed: readonly string[];
  readonly signature: string;
}

function parseAuthorization(header = ''): Authorization | undefined {
  const [, keyId = '', day = '', region = '', service = '', names = '', signature] = AUTHORIZATION.exec(header) ?? [];
  return signature === undefined ? undefined : { keyId, day, region, service, signed: names.split(';'), signature };
}

/** What is wrong with how a request is signed (Signature Version 4), as AWS calls it; undefined when nothing is. */
export function signatureProblem(
  request: CloudRequest,
  credentials: AwsCredentials,
  service: string,
): string | undefined {
  const { headers } = request;
  const said = parseAuthorization(headers.authorization);
  if (said === undefined) return 'MissingAuthenticationToken';
  const isKnown = said.keyId === credentials.accessKeyId;
  if (!isKnown || headers['x-amz-security-token'] !== credentials.sessionToken) return 'InvalidClientTokenId';
  const isOfBody = [undefined, hash(request.body)].includes(headers['x-amz-content-sha256']?.toString());
  const isRight = said.service === service && isOfBody && said.signature === signatureOf(request, said, credentials);
  return isRight ? undefined : 'SignatureDoesNotMatch';
}

function signatureOf(request: CloudRequest, said: Authorization, { secretAccessKey }: AwsCredentials): string {
  const { day, region, service, signed } = said;
  const scope = [day, region, service, 'aws4_request'];
  const time = String(request.headers['x-amz-date']);
  const toSign = ['AWS4-HMAC-SHA256', time, scope.join('/'), hash(canonicalRequest(request, signed))].join('\n');
  const key = scope.reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${secretAccessKey}`,
  );
  return createHmac('sha256', key).update(toSign).digest('hex');
}

function canonicalRequest({ method, url, headers, body }: CloudRequest, signed: readonly string[]): string {
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const lines = signed.map((name) => `${name}:${String(headers[name]).trim().replace(/\s+/g, ' ')}\n`);
  const path = url.pathname.split('/').map(encode).join('/');
  return [method, path, query, lines.join(''), signed.join(';'), hash(body)].join('\n');
}

const encode = (text: string) =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
