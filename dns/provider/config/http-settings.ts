import type { TlsFiles } from '../json-http.ts';
import type { ProviderSettings } from './provider-settings.ts';

/** Of a server at `key`: http or https, without credentials, question or fragment. */
export function urlSetting(settings: ProviderSettings, key: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url === undefined || !isHttp)
    throw settings.problem(key, `has ${JSON.stringify(text)}, which is no http or https URL`);
  if (url.username !== '' || url.password !== '') throw settings.problem(key, 'has credentials in its URL');
  if (url.search !== '' || url.hash !== '') throw settings.problem(key, 'has more in its URL than a path');
  return url;
}

/** `ca`, `cert` and `key`, or the files at `caFile`, `certFile` and `keyFile`. */
export async function tlsSettings(settings: ProviderSettings): Promise<TlsFiles> {
  const [ca, cert, key] = [await settings.secret('ca'), await settings.secret('cert'), await settings.secret('key')];
  if (cert === undefined && key !== undefined) throw settings.problem('key', 'needs "cert" beside it');
  if (cert !== undefined && key === undefined) throw settings.problem('cert', 'needs "key" beside it');
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/** Milliseconds; undefined where nothing is said. */
export function timeoutSetting(settings: ProviderSettings): number | undefined {
  const seconds = settings.integer('timeoutSeconds', { min: 1, max: 600 });
  return seconds === undefined ? undefined : seconds * 1000;
}
