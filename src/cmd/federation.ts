import { startFederation, type Federation } from '../../federation/control-plane/index.ts';
import { publishFederationInfo } from '../../federation/join/index.ts';
import type { Restoration } from '../../federation/restoration/index.ts';
import { createLocalDns } from '../../dns/provider/index.ts';
import { formatTime } from '../apimachinery/index.ts';
import { start, systemClock, type Clock } from '../component-base/index.ts';
import { createEncryptedStorage, createWatchCache } from '../storage/index.ts';
import { readAuthentication } from './authentication.ts';
import { openAudit } from './audit.ts';
import { keepCertificates, readCertificates } from './component-certificates.ts';
import { dnsServerOptions } from './dns-options.ts';
import { openTargets } from './dns-targets.ts';
import { readEncryption } from './encryption.ts';
import { servingLimits } from './limit-flags.ts';
import { federationElection, federationStorage } from './federation-storage.ts';
import { forgetRestoreNote, readRestoreNote } from './restore-note.ts';
import type { ComponentDeps, RunningComponent } from './running-component.ts';
import type { FederationComponent } from './federation-component.ts';
import { openTracing } from './tracing.ts';

/** The federation control plane and the DNS server of its zone, as its spec says. */
export async function startFederationControlPlane({
  spec,
  log,
  metrics,
  signal,
}: Omit<ComponentDeps, 'spec'> & { readonly spec: FederationComponent }): Promise<RunningComponent> {
  const { federation, pki, name } = spec;
  const { domain, dns, admissionPlugins, health } = federation;
  const clock = systemClock;
  const certificates = await readCertificates(pki);
  const { ca, serving, signer } = certificates;
  await using starting = new AsyncDisposableStack();
  const audit = spec.audit === undefined ? undefined : starting.use(await openAudit(spec.audit, { clock, log }));
  const tracer = starting.use(await openTracing('federation', spec, { clock, log }));
  const provider = await dnsOf(spec, { clock, log, metrics });
  const elsewhere = starting.use(await openTargets(dns.providers ?? [], { federation: name, domain, clock, log }));
  const inner = await federationStorage(spec, { clock, log });
  const { encryptionProviderConfig: encryption } = spec;
  const stored = encryption === undefined ? inner : createEncryptedStorage(inner, await readEncryption(encryption));
  const storage = createWatchCache(stored, { clock, log });
  const below = starting.use(await start([inner, storage, provider]));
  const restored = await restoredOf(spec);
  const controlPlane = starting.use(
    await startFederation({
      name,
      dnsDomain: domain,
      ttlSeconds: dns.ttlSeconds,
      storage,
      serving: { ...spec.listen, ...serving, clientCa: ca, limits: servingLimits(spec.limits ?? {}) },
      ...(signer === undefined ? {} : { signer }),
      provider,
      places: provider.places,
      explainAnswer: (question) => provider.explain(question),
      recentQueries: (limit, name) => provider.recentQueries(limit, name),
      zoneIsOwn: true,
      targets: elsewhere.targets,
      ...(await readAuthentication(spec.authentication, log)),
      ...(admissionPlugins && { admissionPlugins }),
      ...(health && { health }),
      ...(audit === undefined ? {} : { audit }),
      tracer,
      ...(restored && { restored }),
      ...federationElection(spec),
      clock,
      log,
      metrics,
    }),
  );
  await forgetRestoreNote(spec.dataDirectory);
  await announce(controlPlane, spec, signal);
  const { renewServing } = controlPlane;
  starting.use(await keepCertificates(pki, certificates, { clock, log, metrics, renewServing }));
  const parts = starting.move();
  return {
    url: controlPlane.url,
    done: Promise.race([below.done, controlPlane.done]),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** So that whoever joins a cluster learns where the federation answers. */
async function announce(
  controlPlane: Federation,
  { name, federation: { domain, dns, storage } }: FederationComponent,
  signal: AbortSignal,
): Promise<void> {
  await publishFederationInfo(
    controlPlane.client({ username: 'koinon', groups: ['system:masters'] }),
    {
      name,
      domain,
      nameservers: [`${dns.host}:${dns.port}`],
      ttlSeconds: dns.ttlSeconds,
      isOneOfSeveral: storage !== undefined,
    },
    signal,
  );
}

async function dnsOf(
  { name, federation: { domain, dns, dnsDirectory } }: FederationComponent,
  { clock, log, metrics }: Pick<ComponentDeps, 'log' | 'metrics'> & { readonly clock: Clock },
) {
  return createLocalDns({
    directory: dnsDirectory,
    host: dns.host,
    port: dns.port,
    ...(await dnsServerOptions(dns, { name, domain }, log)),
    clock,
    log: log.child({ component: 'dns' }),
    metrics,
  });
}

/** Whether what is stored is of an earlier time than what members have, as far as anybody has said. */
async function restoredOf({ dataDirectory, holdRemovals }: FederationComponent): Promise<Restoration | undefined> {
  const note = await readRestoreNote(dataDirectory);
  return note ?? (holdRemovals === true ? { restoredAt: formatTime(systemClock.now()) } : undefined);
}
