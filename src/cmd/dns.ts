import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createLocalDns } from '../../dns/provider/index.ts';
import { dnsBeside } from '../../federation/control-plane/index.ts';
import type { DnsAddress } from '../../federation/fleet/index.ts';
import { createRemoteClient } from '../client/index.ts';
import { start, systemClock } from '../component-base/index.ts';
import { runComponent } from './component.ts';
import { dnsConfigOf, dnsServerOptions } from './dns-options.ts';
import { withProviders, type DnsProviderFlags } from './dns-provider-flags.ts';
import { openTargets } from './dns-targets.ts';
import type { ComponentDeps, RunningComponent } from './running-component.ts';

/** Of the federation, whose Services are read. */
export interface FederationAccessFlags {
  readonly server: string;
  readonly certificateAuthority: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
}

export interface DnsFlags extends FederationAccessFlags, DnsProviderFlags {
  readonly name: string;
  readonly domain: string;
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
  const federation = starting.use(await federationClient(flags));
  const config = withProviders(await dnsConfigOf(flags), flags);
  const elsewhere = starting.use(await openTargets(config.providers ?? [], { federation: name, domain, clock, log }));
  const provider = createLocalDns({
    directory: resolve(flags.dataDir),
    ...dnsAddress,
    ...(await dnsServerOptions(config, { name, domain }, log)),
    clock,
    log: log.child({ component: 'dns' }),
    metrics,
  });
  const serving = starting.use(await start([provider], signal));
  const keeping = dnsBeside(
    { federation, provider, places: provider.places, targets: elsewhere.targets, clock, log, metrics },
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

/** Speaks to it as the flags say. */
export async function federationClient(flags: FederationAccessFlags): Promise<ReturnType<typeof createRemoteClient>> {
  return createRemoteClient({ server: flags.server, ...(await credentialsOf(flags)) });
}

async function credentialsOf({ certificateAuthority, clientCertificate, clientKey }: FederationAccessFlags) {
  const [ca, certificate, key] = await Promise.all(
    [certificateAuthority, clientCertificate, clientKey].map((file) => readFile(file, 'utf8')),
  );
  return { ca: ca ?? '', credentials: { certificate: certificate ?? '', key: key ?? '' } };
}
