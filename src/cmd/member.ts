import { readFile } from 'node:fs/promises';
import { startMemberCluster } from '../../member-cluster/control-plane/index.ts';
import { openAudit } from './audit.ts';
import { readEncryption } from './encryption.ts';
import type { ComponentDeps, RunningComponent } from './running-component.ts';

/** One member cluster, as its spec says. */
export async function startMember({ spec, log, metrics }: ComponentDeps): Promise<RunningComponent> {
  const { member, pki, name } = spec;
  if (member === undefined) throw new Error(`the spec of ${name} says nothing about a member cluster`);
  const { region, zones, nodes, admissionPlugins } = member;
  const read = (file: string) => readFile(file, 'utf8');
  return startMemberCluster({
    name,
    region,
    zone: zones[0] ?? region,
    nodes: Array.from({ length: nodes }, (_, index) => ({
      name: `${name}-node-${index + 1}`,
      zone: zones[index % zones.length] ?? region,
    })),
    network: { block: spec.block },
    listen: spec.listen,
    storage: { type: 'embedded', directory: spec.dataDirectory },
    ...(spec.encryptionProviderConfig === undefined
      ? {}
      : { encryption: await readEncryption(spec.encryptionProviderConfig) }),
    ...(admissionPlugins === undefined ? {} : { admissionPlugins }),
    ...(spec.audit === undefined ? {} : { audit: await openAudit(spec.audit, log) }),
    certificates: {
      ca: { certificate: await read(pki.ca) },
      serving: { certificate: await read(pki.servingCertificate), key: await read(pki.servingKey) },
      signer: { certificate: await read(pki.signerCertificate), key: await read(pki.signerKey) },
      serviceAccountKey: await read(pki.serviceAccountKey),
    },
    log,
    metrics,
  });
}
