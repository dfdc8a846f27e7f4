import { DnsProviderError } from '../dns-provider.ts';
import { createJsonHttp, type JsonAnswer, type JsonCall, type TlsFiles } from '../json-http.ts';

export interface PowerDnsApiOptions {
  /** Of its web server, without `/api/v1`. */
  readonly url: URL;
  readonly apiKey: string;
  /** `localhost`, as PowerDNS calls itself. */
  readonly serverId?: string;
  readonly tls?: TlsFiles;
  readonly timeoutMs?: number;
}

/** Calls below one server of the API; `undefined` where it has nothing by that name. */
export type PowerDnsApi = (call: JsonCall, signal?: AbortSignal) => Promise<JsonAnswer | undefined>;

export function createPowerDnsApi({ url, apiKey, serverId = 'localhost', ...rest }: PowerDnsApiOptions): PowerDnsApi {
  const http = createJsonHttp({ url, headers: { 'x-api-key': apiKey }, ...rest });
  return async (call, signal) => {
    const path = `/api/v1/servers/${encodeURIComponent(serverId)}${call.path}`;
    const answer = await http({ ...call, path }, signal);
    if (answer.status < 300) return answer;
    if (answer.status === 404) return undefined;
    throw refusal(url, answer);
  };
}

function refusal({ origin }: URL, { status, json, text }: JsonAnswer): DnsProviderError {
  const why = errorOf(json) ?? text.trim();
  const told = `PowerDNS at ${origin} answers ${status}: ${why === '' ? 'nothing more' : why.slice(0, 500)}`;
  if (status === 401 || status === 403) {
    return new DnsProviderError('Denied', `PowerDNS at ${origin} does not take the API key (${status})`);
  }
  if (/Conflicts with (?:pre-existing|another) RRset/i.test(why)) return new DnsProviderError('CnameConflict', told);
  const isOurs = status === 400 || status === 413 || status === 422;
  return new DnsProviderError(isOurs ? 'Invalid' : 'Unavailable', told);
}

function errorOf(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null || !('error' in json)) return undefined;
  return typeof json.error === 'string' ? json.error : undefined;
}
