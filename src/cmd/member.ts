import { readFile } from 'node:fs/promises';
import { startMemberCluster } from '../../member-cluster/control-plane/index.ts';
import { systemClock } from '../component-base/index.ts';
import { readAdmissionConfiguration } from './admission.ts';
import { readAuthentication } from './authentication.ts';
import { openAudit } from './audit.ts';
import { keepCertificates, readCertificates } from './component-certificates.ts';
import { readEncryption } from './encryption.ts';
import { servingLimits } from './limit-flags.ts';
import type { ComponentDeps, RunningComponent } from './running-component.ts';
import { openTracing } from './tracing.ts';

/** One member cluster, as its spec says. */
export async function startMember({ spec, log, metrics }: ComponentDeps): Promise<RunningComponent> {
  const { member, pki, name } = spec;
  if (member === undefined) throw new Error(`the spec of ${name} says nothing about a member cluster`);
  const { region, zones, nodes, admissionPlugins, admissionControlConfigFile: admission } = member;
  const clock = systemClock;
  const certificates = await readCertificates(pki);
  const { ca, ...ours } = certificates;
  await using starting = new AsyncDisposableStack();
  const audit = spec.audit === undefined ? undefined : starting.use(await openAudit(spec.audit, { clock, log }));
  const tracer = starting.use(await openTracing('member', spec, { clock, log }));
  const cluster = starting.use(
    await startMemberCluster({
      name,
      region,
      zone: zones[0] ?? region,
      nodes: Array.from({ length: nodes }, (_, index) => ({
        name: `${name}-node-${index + 1}`,
        zone: zones[index % zones.length] ?? region,
      })),
      network: { block: spec.block },
      listen: spec.listen,
      limits: servingLimits(spec.limits ?? {}),
      storage: { type: 'embedded', directory: spec.dataDirectory },
      ...(spec.encryptionProviderConfig === undefined
        ? {}
        : { encryption: await readEncryption(spec.encryptionProviderConfig) }),
      ...(admissionPlugins === undefined ? {} : { admissionPlugins }),
      ...(admission === undefined ? {} : { admission: await readAdmissionConfiguration(admission) }),
      ...(await readAuthentication(spec.authentication, log)),
      ...(audit === undefined ? {} : { audit }),
      tracer,
      certificates: {
        ...ours,
        ca: { certificate: ca },
        serviceAccountKey: await readFile(pki.serviceAccountKey, 'utf8'),
      },
      clock,
      log,
      metrics,
    }),
  );
  const { renewServing, url, done } = cluster;
  starting.use(await keepCertificates(pki, certificates, { clock, log, metrics, renewServing }));
  const parts = starting.move();
  return { url, done, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}
