import { resolve } from 'node:path';
import { parseDnsAddress, type DnsAddress } from './dns-address.ts';

/** A TSIG key; its secret is in a file, so that it is in no configuration that is passed on. */
export interface DnsKeyConfig {
  readonly name: string;
  /** `hmac-sha256` when absent. */
  readonly algorithm?: string;
  /** In base64, and nothing else. */
  readonly secretFile: string;
}

/** Whom it fits: who has the key, at one of the addresses. */
export interface DnsAccessConfig {
  readonly key?: string;
  readonly cidrs?: readonly string[];
}

/** Copies of a zone, which is that of the federation when absent. */
export interface DnsTransferConfig<Address = DnsAddress> {
  readonly zone?: string;
  readonly allow?: readonly DnsAccessConfig[];
  readonly notify?: readonly { readonly address: Address; readonly key?: string }[];
}

/** Changes of a zone that others make, of all its names where none are given. */
export interface DnsUpdateConfig {
  readonly zone?: string;
  readonly allow: readonly (DnsAccessConfig & { readonly names?: readonly string[] })[];
}

interface Transfers<Address> {
  readonly keys?: readonly DnsKeyConfig[];
  readonly transfers?: readonly DnsTransferConfig<Address>[];
  readonly updates?: readonly DnsUpdateConfig[];
}

export type TransfersConfig = Transfers<DnsAddress>;

export type TransfersFile = Transfers<string>;

const list = (items: object) => ({ type: 'array', minItems: 1, maxItems: 100, items });
const word = { type: 'string', minLength: 1, maxLength: 254 };
const access = {
  key: word,
  cidrs: { ...list({ type: 'string', format: 'cidr' }), uniqueItems: true },
};
const somebody = { minProperties: 1, additionalProperties: false, type: 'object' };

export const transfersSchemas = {
  keys: list({
    type: 'object',
    additionalProperties: false,
    required: ['name', 'secretFile'],
    properties: {
      name: word,
      algorithm: {
        type: 'string',
        enum: ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'].map((it) => `hmac-${it}`),
      },
      secretFile: { type: 'string', minLength: 1 },
    },
  }),
  transfers: list({
    type: 'object',
    additionalProperties: false,
    properties: {
      zone: word,
      allow: list({ ...somebody, properties: access }),
      notify: list({
        type: 'object',
        additionalProperties: false,
        required: ['address'],
        properties: { address: { type: 'string', format: 'dns-address' }, key: word },
      }),
    },
  }),
  updates: list({
    type: 'object',
    additionalProperties: false,
    required: ['allow'],
    properties: {
      zone: word,
      allow: list({
        ...somebody,
        anyOf: [{ required: ['key'] }, { required: ['cidrs'] }],
        properties: { ...access, names: list(word) },
      }),
    },
  }),
};

export function resolveTransfers({ keys, transfers, updates }: TransfersFile, directory: string): TransfersConfig {
  return {
    ...(keys === undefined
      ? {}
      : { keys: keys.map((key) => ({ ...key, secretFile: resolve(directory, key.secretFile) })) }),
    ...(transfers === undefined ? {} : { transfers: transfers.map(resolveTransfer) }),
    ...(updates === undefined ? {} : { updates }),
  };
}

function resolveTransfer({ notify, ...others }: DnsTransferConfig<string>): DnsTransferConfig {
  if (notify === undefined) return others;
  return {
    ...others,
    notify: notify.map(({ address, ...target }) => ({ ...target, address: parseDnsAddress(address) })),
  };
}

/** The first key that is named and is not there, or is there twice. */
export function transfersProblem({
  keys = [],
  transfers = [],
  updates = [],
}: TransfersConfig): TransfersProblem | undefined {
  const known = new Set<string>();
  for (const [index, { name }] of keys.entries()) {
    if (known.has(name)) return { path: ['keys', index, 'name'], text: `${JSON.stringify(name)} is there twice` };
    known.add(name);
  }
  const used = [
    ...transfers.flatMap(({ allow, notify }, at) => [
      ...usesOf(['transfers', at, 'allow'], allow),
      ...usesOf(['transfers', at, 'notify'], notify),
    ]),
    ...updates.flatMap(({ allow }, at) => usesOf(['updates', at, 'allow'], allow)),
  ];
  const unknown = used.find(({ key }) => !known.has(key));
  return unknown && { path: unknown.path, text: `${JSON.stringify(unknown.key)} is none of "keys"` };
}

export interface TransfersProblem {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

function usesOf(path: TransfersProblem['path'], rules: readonly { readonly key?: string }[] = []) {
  return rules.flatMap(({ key }, index) => (key === undefined ? [] : [{ key, path: [...path, index, 'key'] }]));
}
