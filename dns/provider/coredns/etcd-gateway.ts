import { DnsProviderError } from '../dns-provider.ts';
import { createJsonHttp, type JsonAnswer, type JsonHttp, type TlsFiles } from '../json-http.ts';

export interface EtcdGatewayOptions {
  /** Of the members of one etcd: the next is asked where one does not answer. */
  readonly endpoints: readonly [URL, ...URL[]];
  readonly user?: { readonly name: string; readonly password: string };
  readonly tls?: TlsFiles;
  readonly timeoutMs?: number;
}

/** A call of etcd's JSON gateway, by the path below `/v3`. Rejects with `DnsProviderError` where it does not succeed. */
export type EtcdGateway = (path: string, body: unknown, signal: AbortSignal) => Promise<unknown>;

/** Of gRPC, as the gateway tells them. */
const INVALID_ARGUMENT = 3;
const OUT_OF_RANGE = 11;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

/** etcd has compacted what was to be read. */
export class Compacted extends Error {}

/**
 * Remembers the member that answered last. What was sent to one that then failed is sent to the next: a write must be
 * such that making it twice does no harm.
 */
export function createEtcdGateway({ endpoints, user, ...rest }: EtcdGatewayOptions): EtcdGateway {
  const members = endpoints.map((url) => ({ url, http: createJsonHttp({ url, ...rest }) }));
  let preferred = 0;
  let token: Promise<string> | undefined;

  const ask = async (path: string, body: unknown, signal: AbortSignal, headers = {}): Promise<JsonAnswer> => {
    const failures: DnsProviderError[] = [];
    for (let tried = 0; tried < members.length; tried++) {
      const index = (preferred + tried) % members.length;
      const found = await answerOf(members[index]?.http, { path, body, headers }, signal);
      if (!(found instanceof DnsProviderError)) {
        preferred = index;
        return found;
      }
      failures.push(found);
    }
    throw new DnsProviderError('Unavailable', failures.map(({ message }) => message).join('; '), {
      cause: failures[0],
    });
  };
  const logIn = async ({ name, password }: NonNullable<typeof user>, signal: AbortSignal): Promise<string> => {
    const answer = await ask('/auth/authenticate', { name, password }, signal);
    const given = answer.status === 200 ? fieldOf(answer.json, 'token') : undefined;
    if (typeof given === 'string') return given;
    throw new DnsProviderError('Denied', `etcd does not take the password of user ${name}: ${errorOf(answer)}`);
  };
  const authorized = async (signal: AbortSignal): Promise<Record<string, string>> => {
    if (user === undefined) return {};
    token ??= logIn(user, signal).catch((err: unknown) => {
      token = undefined;
      throw err;
    });
    return { authorization: await token };
  };

  return async (path, body, signal) => {
    for (let attempt = 1; ; attempt++) {
      const answer = await ask(path, body, signal, await authorized(signal));
      if (answer.status === 200) return answer.json;
      // Tokens end; a new one is asked for once.
      if (user !== undefined && attempt === 1 && isStaleToken(answer)) token = undefined;
      else throw refusal(answer);
    }
  };
}

/** What a member answers, or why it is no answer and another one should be asked. */
async function answerOf(
  http: JsonHttp | undefined,
  { path, body, headers }: { readonly path: string; readonly body: unknown; readonly headers: Record<string, string> },
  signal: AbortSignal,
): Promise<JsonAnswer | DnsProviderError> {
  if (http === undefined) throw new TypeError('an etcd without members');
  try {
    const answer = await http({ method: 'POST', path: `/v3${path}`, body, headers }, signal);
    return answer.status < 500 || fieldOf(answer.json, 'code') === UNAUTHENTICATED
      ? answer
      : new DnsProviderError('Unavailable', `etcd answers ${answer.status}: ${errorOf(answer)}`);
  } catch (err) {
    if (err instanceof DnsProviderError) return err;
    throw err;
  }
}

const isStaleToken = (answer: JsonAnswer) =>
  fieldOf(answer.json, 'code') === UNAUTHENTICATED || /invalid auth (?:token|revision)/i.test(errorOf(answer));

function refusal(answer: JsonAnswer): Error {
  const [code, why] = [fieldOf(answer.json, 'code'), errorOf(answer)];
  if (code === OUT_OF_RANGE && why.includes('compacted')) return new Compacted(why);
  const told = `etcd answers ${answer.status}: ${why}`;
  const isDenied = code === PERMISSION_DENIED || code === UNAUTHENTICATED || why.includes('user name is empty');
  if (isDenied) return new DnsProviderError('Denied', told);
  return new DnsProviderError(code === INVALID_ARGUMENT ? 'Invalid' : 'Unavailable', told);
}

function errorOf({ json, text }: JsonAnswer): string {
  const told = fieldOf(json, 'message') ?? fieldOf(json, 'error');
  return typeof told === 'string' ? told : text.trim().slice(0, 500);
}

function fieldOf(json: unknown, field: string): unknown {
  // @NOTE any object may be asked for any field.
  return typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>)[field] : undefined;
}
