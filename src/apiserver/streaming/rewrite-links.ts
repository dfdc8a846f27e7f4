import type { ProxyTarget } from './connection.ts';

const TAG = /<[a-z][a-z0-9]*\s[^>]*>/gi;
const LINK =
  /(\s(?:action|background|cite|classid|codebase|data|formaction|href|icon|longdesc|manifest|poster|profile|src|usemap)\s*=\s*)(?:"([^"]*)"|'([^']*)')/gi;

/** What stands before a path, when anything does. */
const URL_PARTS = /^(?:https?:)?\/\/([^/?#]*)(.*)$/is;

export interface Proxied {
  readonly target: ProxyTarget;
  /** What the client calls this server; whoever is behind it was told. */
  readonly host: string;
}

/** The links of an HTML page, made to lead through the proxy. */
export function rewriteLinks(page: string, proxied: Proxied): string {
  return page.replaceAll(TAG, (tag) =>
    tag.replaceAll(LINK, (_all, before: string, double: string | undefined, single: string | undefined) => {
      const url = rewriteUrl(double ?? single ?? '', proxied);
      return double === undefined ? `${before}'${url}'` : `${before}"${url}"`;
    }),
  );
}

/**
 * Absolute paths, and URLs of the very target or of this server, get the proxy in front; relative ones are right as they
 * are, and so is what has it already.
 */
export function rewriteUrl(url: string, { target: { host, port, prefix }, host: own }: Proxied): string {
  const [, authority, path = url] = URL_PARTS.exec(url) ?? [];
  if (authority !== undefined && authority !== own && authority !== `${host}:${port}`) return url;
  if (authority === undefined && !path.startsWith('/')) return url;
  return path === prefix || path.startsWith(`${prefix}/`) ? path : prefix + (path.startsWith('/') ? path : `/${path}`);
}
