import type { ProxyTarget } from './connection.ts';

const TAG = /<[a-z][a-z0-9]*\s[^>]*>/gi;
const LINK =
  /(\s(?:action|background|cite|classid|codebase|data|formaction|href|icon|longdesc|manifest|poster|profile|src|usemap)\s*=\s*)(?:"([^"]*)"|'([^']*)')/gi;

/** The links of an HTML page, made to lead through the proxy. */
export function rewriteLinks(page: string, target: ProxyTarget): string {
  return page.replaceAll(TAG, (tag) =>
    tag.replaceAll(LINK, (_all, before: string, double: string | undefined, single: string | undefined) => {
      const url = rewriteUrl(double ?? single ?? '', target);
      return double === undefined ? `${before}'${url}'` : `${before}"${url}"`;
    }),
  );
}

/** Absolute paths, and URLs of the very target, get the proxy in front; relative ones are right as they are. */
export function rewriteUrl(url: string, { scheme, host, port, prefix }: ProxyTarget): string {
  if (url.startsWith('/') && !url.startsWith('//')) return url.startsWith(`${prefix}/`) ? url : prefix + url;
  for (const origin of [`${scheme}://${host}:${port}`, `//${host}:${port}`]) {
    if (url === origin) return `${prefix}/`;
    if (url.startsWith(`${origin}/`)) return prefix + url.slice(origin.length);
  }
  return url;
}
