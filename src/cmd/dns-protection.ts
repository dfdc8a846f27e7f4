import { readFile } from 'node:fs/promises';
import { AddressList } from '../../dns/access/index.ts';
import type { LocalDnsOptions } from '../../dns/provider/index.ts';
import type { DnsServerConfig } from '../../federation/fleet/index.ts';
import { UsageError } from './exit.ts';

type Protection = NonNullable<LocalDnsOptions['protection']>;

/** Whom the server answers and how much, as the configuration says. Reads secrets. */
export async function protectionOptions(config: DnsServerConfig): Promise<Protection> {
  const { access, rateLimit, cookies, identity, tcp } = config;
  return {
    ...(access && {
      access: {
        ...(access.query && { query: new AddressList(access.query) }),
        ...(access.ignore && { ignore: new AddressList(access.ignore) }),
      },
    }),
    ...(rateLimit && { rateLimit: rateLimitOf(rateLimit) }),
    ...(cookies && { cookies: await cookiesOf(cookies) }),
    ...(identity && { identity }),
    ...(tcp && tcpOf(tcp)),
  };
}

function rateLimitOf({
  exempt,
  ...limits
}: NonNullable<DnsServerConfig['rateLimit']>): NonNullable<Protection['rateLimit']> {
  return { ...limits, ...(exempt && { exempt: new AddressList(exempt) }) };
}

function tcpOf({ idleSeconds, ...limits }: NonNullable<DnsServerConfig['tcp']>) {
  return { ...limits, ...(idleSeconds === undefined ? {} : { idleMs: idleSeconds * 1000 }) };
}

async function cookiesOf({
  enabled = true,
  required = false,
  secretFile,
}: NonNullable<DnsServerConfig['cookies']>): Promise<NonNullable<Protection['cookies']>> {
  if (!enabled) return false;
  return secretFile === undefined ? { required } : { required, secrets: await readSecrets(secretFile) };
}

const SECRET = /^[0-9a-f]{32}$/i;

async function readSecrets(file: string): Promise<readonly Uint8Array[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').map((line) => line.trim());
  const secrets = lines.filter((line) => line !== '');
  if (secrets.length === 0 || !secrets.every((line) => SECRET.test(line))) {
    // Without the line: it may be a secret all the same.
    throw new UsageError(`${file}: a cookie secret is a line of 32 hexadecimal digits`);
  }
  return secrets.map((line) => Buffer.from(line, 'hex'));
}
