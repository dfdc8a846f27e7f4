import { opaque, type CelType } from '../cel-type.ts';
import { CelError, noSuchOverload } from '../values/cel-error.ts';
import { CelList } from '../values/cel-list.ts';
import { CelMap } from '../values/cel-map.ts';
import type { CelValue } from '../values/cel-value.ts';
import { overload, traversal, type Overload } from './overload.ts';
import * as receive from './receive.ts';

/** An absolute URI or an absolute path, as Go's `net/url` reads it: nothing is normalized away. */
export class UrlValue {
  readonly celType: CelType = URL_TYPE;
  readonly text: string;
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;

  private constructor(text: string, parts: UrlParts) {
    this.text = text;
    this.scheme = parts.scheme;
    this.host = parts.host;
    this.path = parts.path;
    this.query = parts.query;
  }

  /** Throws `CelError`. */
  static parse(text: string): UrlValue {
    const parts = partsOf(text);
    if (parts !== undefined) return new UrlValue(text, parts);
    throw new CelError(`URL parse error during conversion from string: parse "${text}": invalid URI for request`);
  }

  get hostname(): string {
    const bracketed = /^\[([^\]]*)\]/.exec(this.host)?.[1];
    return bracketed ?? this.host.replace(/:\d*$/, '');
  }

  get port(): string {
    return /:(\d*)$/.exec(this.host)?.[1] ?? '';
  }

  get escapedPath(): string {
    return encodeURI(this.path).replaceAll(/%25(?=[0-9A-Fa-f]{2})/g, '%');
  }

  equals(other: CelValue): boolean {
    return other instanceof UrlValue && other.text === this.text;
  }
}

const URL_TYPE = opaque('kubernetes.URL');
const SHAPE = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/;
const HOST = /^(?:\[[0-9A-Fa-f:.%]+\]|(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)(?::\d*)?$/;
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
const CONTROL = /[\x00-\x1f\x7f]/;

type UrlParts = Readonly<Record<'scheme' | 'host' | 'path' | 'query', string>>;

function partsOf(text: string): UrlParts | undefined {
  const match = SHAPE.exec(text);
  if (match === null || CONTROL.test(text)) return undefined;
  const [, scheme = '', authority, path = '', query = ''] = match;
  const host = (authority ?? '').replace(/^.*@/, '');
  const isAbsolute = scheme !== '' || (authority === undefined && path.startsWith('/'));
  if (!isAbsolute || !HOST.test(host) || BAD_ESCAPE.test(path)) return undefined;
  return { scheme: scheme.toLowerCase(), host, path, query };
}

function url(value: CelValue | undefined): UrlValue {
  if (value instanceof UrlValue) return value;
  throw noSuchOverload();
}

export const URLS: readonly Overload[] = [
  overload('url', '(string): kubernetes.URL', ([text]) => UrlValue.parse(receive.string(text)), {
    cost: ([size = 0]) => traversal(size),
  }),
  overload('isURL', '(string): bool', ([text]) => isUrl(receive.string(text)), {
    cost: ([size = 0]) => traversal(size),
  }),
  overload('getScheme', 'kubernetes.URL.(): string', ([value]) => url(value).scheme),
  overload('getHost', 'kubernetes.URL.(): string', ([value]) => url(value).host),
  overload('getHostname', 'kubernetes.URL.(): string', ([value]) => url(value).hostname),
  overload('getPort', 'kubernetes.URL.(): string', ([value]) => url(value).port),
  overload('getEscapedPath', 'kubernetes.URL.(): string', ([value]) => url(value).escapedPath),
  overload('getQuery', 'kubernetes.URL.(): map(string, list(string))', ([value]) => queryOf(url(value))),
];

export function isUrl(text: string): boolean {
  try {
    UrlValue.parse(text);
    return true;
  } catch (err) {
    if (err instanceof CelError) return false;
    throw err;
  }
}

function queryOf({ query }: UrlValue): CelMap {
  const values = new Map<string, string[]>();
  for (const [key, value] of new URLSearchParams(query)) {
    const known = values.get(key);
    if (known === undefined) values.set(key, [value]);
    else known.push(value);
  }
  return CelMap.of([...values].map(([key, list]) => [key, CelList.of(list)]));
}
