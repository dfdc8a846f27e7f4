import { readFile } from 'node:fs/promises';
import { startFederation } from '../../federation/control-plane/index.ts';
import { publishFederationInfo } from '../../federation/join/index.ts';
import { createLocalDns } from '../../dns/provider/index.ts';
import { start, systemClock } from '../component-base/index.ts';
import { createEncryptedStorage, createWatchCache } from '../storage/index.ts';
import { openAudit } from './audit.ts';
import { readEncryption } from './encryption.ts';
import { federationElection, federationStorage } from './federation-storage.ts';
import type { ComponentDeps, RunningComponent } from './running-component.ts';
import type { FederationComponent } from './federation-component.ts';

/** The federation control plane and the DNS server of its zone, as its spec says. */
export async function startFederationControlPlane({
  spec,
  log,
  metrics,
  signal,
}: Omit<ComponentDeps, 'spec'> & { readonly spec: FederationComponent }): Promise<RunningComponent> {
  const { federation, pki, name } = spec;
  const { domain, dns, dnsDirectory } = federation;
  const clock = systemClock;
  const read = (file: string) => readFile(file, 'utf8');
  await using starting = new AsyncDisposableStack();
  const provider = createLocalDns({
    zones: [{ name: domain }],
    directory: dnsDirectory,
    host: dns.host,
    port: dns.port,
    clock,
    log: log.child({ component: 'dns' }),
    metrics,
  });
  const inner = await federationStorage(spec, { clock, log });
  const { encryptionProviderConfig: encryption } = spec;
  const stored = encryption === undefined ? inner : createEncryptedStorage(inner, await readEncryption(encryption));
  const storage = createWatchCache(stored, { clock, log });
  const below = starting.use(await start([inner, storage, provider]));
  const controlPlane = starting.use(
    await startFederation({
      name,
      dnsDomain: domain,
      ttlSeconds: dns.ttlSeconds,
      storage,
      serving: {
        ...spec.listen,
        certificate: await read(pki.servingCertificate),
        key: await read(pki.servingKey),
        clientCa: await read(pki.ca),
      },
      ...(await signerOf(pki)),
      provider,
      ...(spec.audit === undefined ? {} : { audit: await openAudit(spec.audit, log) }),
      ...federationElection(spec),
      clock,
      log,
      metrics,
    }),
  );
  await publishFederationInfo(
    controlPlane.client({ username: 'koinon', groups: ['system:masters'] }),
    { name, domain, nameservers: [`${dns.host}:${dns.port}`] },
    signal,
  );
  const parts = starting.move();
  return {
    url: controlPlane.url,
    done: Promise.race([below.done, controlPlane.done]),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

async function signerOf({ signerCertificate, signerKey }: FederationComponent['pki']) {
  if (signerCertificate === undefined || signerKey === undefined) return {};
  return { signer: { certificate: await readFile(signerCertificate, 'utf8'), key: await readFile(signerKey, 'utf8') } };
}
