import { isObject } from '../../../src/apimachinery/index.ts';
import type { FuzzAnswer } from './connections.ts';
import type { FuzzRequest } from './requests.ts';

/** What is wrong with an answer, if anything is: each failure must be a Status, and none a fault of the server. */
export function faultOf({ status, contentType, body }: FuzzAnswer, { method }: FuzzRequest): string | undefined {
  if (status < 400) return undefined;
  if (status >= 500 && !isMeant(status, body)) return `${status} is a fault of the server: ${body}`;
  if (method === 'HEAD') return undefined;
  if (status === 404 && contentType.startsWith('text/plain')) return undefined;
  if (!contentType.startsWith('application/json')) return `${status} came as ${contentType}: ${body.slice(0, 200)}`;
  return isFailure(JSON.parse(body), status) ? undefined : `no Status: ${body}`;
}

/** Kubernetes, too, answers 500 to a configuration that it cannot take for an object of the kind. */
function isMeant(status: number, body: string): boolean {
  if (status === 503 || status === 504) return true;
  return body.includes('"message":"failed to create typed patch object (');
}

function isFailure(told: unknown, code: number): boolean {
  if (!isObject(told) || told['kind'] !== 'Status' || told['status'] !== 'Failure') return false;
  return told['code'] === code && typeof told['message'] === 'string';
}

/** For the failure of a test: enough to send it again. */
export function described({ method, path, headers, body }: FuzzRequest): string {
  const shown = body === undefined ? '' : ` ${JSON.stringify(body.toString().slice(0, 600))}`;
  return `${method} ${path.slice(0, 600)} ${JSON.stringify(headers).slice(0, 500)}${shown}`;
}
