import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createLocalDns } from '../../dns/provider/index.ts';
import { dnsBeside } from '../../federation/control-plane/index.ts';
import type { DnsAddress } from '../../federation/fleet/index.ts';
import { createRemoteClient } from '../client/index.ts';
import { start, systemClock } from '../component-base/index.ts';
import { runComponent } from './component.ts';
import { dnsConfigOf, dnsServerOptions } from './dns-options.ts';
import type { ComponentDeps, RunningComponent } from './running-component.ts';

export interface DnsFlags {
  readonly name: string;
  readonly domain: string;
  readonly server: string;
  readonly certificateAuthority: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  readonly dnsAddress: DnsAddress;
  readonly dnsTtl: number;
  readonly dnsConfig?: string;
  readonly dataDir: string;
}

/** A DNS server beside the control planes of a federation, in the foreground. */
export async function dns(flags: DnsFlags): Promise<void> {
  await runComponent({ kind: 'dns', name: flags.name }, (deps) => startDns(flags, deps));
}

async function startDns(
  flags: DnsFlags,
  { log, metrics, signal }: Omit<ComponentDeps, 'spec'>,
): Promise<RunningComponent> {
  const { name, domain, dnsAddress, dnsTtl } = flags;
  const clock = systemClock;
  await using starting = new AsyncDisposableStack();
  const federation = starting.use(createRemoteClient({ server: flags.server, ...(await credentialsOf(flags)) }));
  const provider = createLocalDns({
    zones: [{ name: domain }],
    directory: resolve(flags.dataDir),
    ...dnsAddress,
    ...(await dnsServerOptions(await dnsConfigOf(flags), { name, domain })),
    clock,
    log: log.child({ component: 'dns' }),
    metrics,
  });
  const serving = starting.use(await start([provider], signal));
  const keeping = dnsBeside(
    { federation, provider, places: provider.places, clock, log, metrics },
    { name, dnsDomain: domain, ttlSeconds: dnsTtl },
  );
  const running = starting.use(await start([keeping], signal));
  const parts = starting.move();
  return {
    url: `dns://${dnsAddress.host}:${dnsAddress.port}`,
    done: Promise.race([serving.done, running.done]),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

async function credentialsOf({ certificateAuthority, clientCertificate, clientKey }: DnsFlags) {
  const [ca, certificate, key] = await Promise.all(
    [certificateAuthority, clientCertificate, clientKey].map((file) => readFile(file, 'utf8')),
  );
  return { ca: ca ?? '', credentials: { certificate: certificate ?? '', key: key ?? '' } };
}
