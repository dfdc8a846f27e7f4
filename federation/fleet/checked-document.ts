import type { ErrorObject } from 'ajv';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { defaults, FleetConfigError } from './config.ts';
import { dnsAddressOf } from './dns/dns-address.ts';
import { isPrefix } from './dns/places-config.ts';
import { isAddressListEntry } from './dns/protection-config.ts';

/** A file whose content is as its schema says. */
export interface CheckedDocument<T> {
  readonly value: T;
  /** The problem of what is at `path`, with file, line and key. */
  readonly problemAt: (path: readonly (string | number)[], text: string) => FleetConfigError;
}

/** Reads YAML or JSON. Throws `FleetConfigError` that names file, line and key of every problem, one a line. */
export async function checkedDocument<T>(text: string, file: string, schema: object): Promise<CheckedDocument<T>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number) => `${file}:${lines.linePos(offset).line}`;
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => `${at(error.pos[0])}: ${error.message.split('\n')[0] ?? ''}`);
    throw new FleetConfigError(problems.join('\n'));
  }
  const { Ajv } = await import('ajv');
  const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
  ajv.addFormat('dns-address', (word: string) => dnsAddressOf(word) !== undefined);
  ajv.addFormat('cidr', isPrefix);
  ajv.addFormat('address-list-entry', isAddressListEntry);
  const validate = ajv.compile<T>(schema);
  const value: unknown = document.toJS() ?? {};
  if (!validate(value)) {
    const problems = (validate.errors ?? []).map((error) => `${at(offsetOf(document, error))}: ${wordingOf(error)}`);
    throw new FleetConfigError([...new Set(problems)].join('\n'));
  }
  return {
    value,
    problemAt: (path, what) =>
      new FleetConfigError(`${at(offsetOfPath(document, path))}: ${keyOf(`/${path.join('/')}`)}: ${what}`),
  };
}

/** `/clusters/0/name` → `clusters[0].name`. */
function keyOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}

const formats: Readonly<Record<string, string>> = {
  cidr: 'a prefix such as 192.0.2.0/24',
  'address-list-entry': 'an address or network such as 192.0.2.0/24, any or none',
  'dns-address': `an address such as ${defaults.dnsAddress}`,
};

function wordingOf(error: ErrorObject): string {
  const key = keyOf(error.instancePath);
  const prefix = key === '' ? '' : `${key}: `;
  // @NOTE ajv's params are untyped; each keyword documents its own (https://ajv.js.org/api.html#error-parameters).
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties':
      return `${prefix}unknown key "${String(params['additionalProperty'])}"`;
    case 'enum':
      return `${prefix}must be one of ${(params['allowedValues'] as unknown[]).map(String).join(', ')}`;
    case 'pattern':
      return `${prefix}does not look right (must match ${String(params['pattern'])})`;
    case 'format':
      return `${prefix}is not ${formats[String(params['format'])] ?? ''}`;
    case 'type':
      return `${prefix}must be ${[params['type']].flat().map(String).join(' or ')}`;
    case 'not':
      return `${prefix}"zone" and "zones" exclude each other`;
    case 'required':
      return `${prefix}"${String(params['missingProperty'])}" is missing`;
    default:
      return `${prefix}${error.message ?? error.keyword}`;
  }
}

function offsetOf(document: Document, error: ErrorObject): number {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const params = error.params as Record<string, unknown>;
  if (error.keyword === 'additionalProperties') path.push(String(params['additionalProperty']));
  return offsetOfPath(document, path);
}

/** Where in the text the value of a path begins; that of its nearest ancestor when it is not there. */
function offsetOfPath(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range != null) return node.range[0];
  }
  return 0;
}
