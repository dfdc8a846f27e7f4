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

/** `ca`, `cert` and `key`, after a prefix where there is one, or the files at `caFile`, `certFile` and `keyFile`. */
export async function tlsSettings(settings: ProviderSettings, prefix = ''): Promise<TlsFiles> {
  const keys = ['ca', 'cert', 'key'].map((key) =>
    prefix === '' ? key : prefix + key.charAt(0).toUpperCase() + key.slice(1),
  );
  const [caAt = '', certAt = '', keyAt = ''] = keys;
  const [ca, cert, key] = [await settings.secret(caAt), await settings.secret(certAt), await settings.secret(keyAt)];
  if (cert === undefined && key !== undefined) throw settings.problem(keyAt, `needs "${certAt}" beside it`);
  if (cert !== undefined && key === undefined) throw settings.problem(certAt, `needs "${keyAt}" beside it`);
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
