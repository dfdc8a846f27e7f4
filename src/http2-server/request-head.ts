import { fieldBytes, type HeaderField } from './hpack/dynamic-table.ts';

/** What a request asks for, as Node tells it of HTTP/1.1. */
export interface RequestHead {
  readonly method: string;
  readonly url: string;
  /** By lower-case name; values that stand more than once are joined. */
  readonly headers: Record<string, string>;
  /** Names and values in turn, as they were sent, bytes as Latin-1. */
  readonly rawHeaders: readonly string[];
  /** Of the body, where the client says it. */
  readonly contentLength: number | undefined;
}

/** `malformed`: RFC 9113 §8.1.1. `long`: more than the server takes. */
export type ReadHead = RequestHead | 'malformed' | 'long';

/** Of one connection of HTTP/1.1 only: RFC 9113 §8.2.2. */
const CONNECTION_FIELDS: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);
const PSEUDO_FIELDS: ReadonlySet<string> = new Set([':method', ':scheme', ':path', ':authority']);
/** Of these the first counts, as of HTTP/1.1: two that a list is made of would be neither. */
const SINGLE_FIELDS: ReadonlySet<string> = new Set([
  ...['authorization', 'content-encoding', 'content-location', 'content-range', 'content-type', 'date', 'expect'],
  ...['from', 'host', 'if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since'],
  ...['max-forwards', 'proxy-authorization', 'range', 'referer', 'user-agent'],
]);
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const NO_VALUE = /[\0\r\n]/;
/** Not allowed, and sent by some; without them it is what HTTP/1.1 makes of it. */
const BLANK_ENDS = /^[ \t]+|[ \t]+$/g;
const LENGTH = /^\d{1,15}$/;

/** Takes the fields of a request one after the other, and holds no more of them than `maxBytes`. */
export class RequestHeadReader {
  readonly #maxBytes: number;
  readonly #pseudo = emptyRecord();
  readonly #headers = emptyRecord();
  readonly #rawHeaders: string[] = [];
  #bytes = 0;
  #isMalformed = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(field: HeaderField): void {
    this.#bytes += fieldBytes(field);
    if (this.#bytes > this.#maxBytes) return;
    const { name } = field;
    const value = hasBlankEnd(field.value) ? field.value.replaceAll(BLANK_ENDS, '') : field.value;
    if (NO_VALUE.test(value)) this.#isMalformed = true;
    else if (name.startsWith(':')) this.#addPseudo(name, value);
    else this.#addHeader(name, value);
  }

  read(): ReadHead {
    if (this.#isMalformed) return 'malformed';
    if (this.#bytes > this.#maxBytes) return 'long';
    const target = this.#target();
    const headers = this.#headers;
    const length = headers['content-length'];
    if (target === undefined || (length !== undefined && !LENGTH.test(length))) return 'malformed';
    const authority = this.#pseudo[':authority'];
    if (authority !== undefined) headers['host'] ??= authority;
    const contentLength = length === undefined ? undefined : Number(length);
    return { ...target, headers, rawHeaders: this.#rawHeaders, contentLength };
  }

  /** RFC 9113 §8.3.1. */
  #target(): Pick<RequestHead, 'method' | 'url'> | undefined {
    const { ':method': method, ':path': path, ':scheme': scheme } = this.#pseudo;
    if (method === undefined || method === '') return undefined;
    // It has neither, and is for proxies: whoever serves the rest refuses it.
    if (method === 'CONNECT') return { method, url: '/' };
    if (path === undefined || scheme === undefined) return undefined;
    return path.startsWith('/') || (path === '*' && method === 'OPTIONS') ? { method, url: path } : undefined;
  }

  #addPseudo(name: string, value: string): void {
    if (!PSEUDO_FIELDS.has(name) || this.#pseudo[name] !== undefined || this.#rawHeaders.length > 0) {
      this.#isMalformed = true;
    } else this.#pseudo[name] = value;
  }

  #addHeader(name: string, value: string): void {
    if (!NAME.test(name) || CONNECTION_FIELDS.has(name) || (name === 'te' && value !== 'trailers')) {
      this.#isMalformed = true;
      return;
    }
    this.#rawHeaders.push(name, value);
    const known = this.#headers[name];
    if (known === undefined) this.#headers[name] = value;
    else if (name === 'content-length') this.#isMalformed ||= known !== value;
    else if (!SINGLE_FIELDS.has(name)) this.#headers[name] = `${known}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
}

function hasBlankEnd(value: string): boolean {
  return value.startsWith(' ') || value.endsWith(' ') || value.startsWith('\t') || value.endsWith('\t');
}

/** Names are the client's to choose: `constructor` is one. */
function emptyRecord(): Record<string, string> {
  // @NOTE what has no prototype and nothing of its own has no value that is no string.
  return Object.create(null) as Record<string, string>;
}
