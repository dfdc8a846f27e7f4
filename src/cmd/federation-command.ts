import { resolve } from 'node:path';
import type { DnsAddress, DnsServerConfig } from '../../federation/fleet/index.ts';
import { authenticationOf, type AuthenticationFlags } from './authentication-flags.ts';
import { runComponent } from './component.ts';
import { dnsConfigOf } from './dns-options.ts';
import { withProviders, type DnsProviderFlags } from './dns-provider-flags.ts';
import { etcdOf, type StorageFlags } from './etcd-config.ts';
import { limitsOf, type LimitFlags } from './limit-flags.ts';
import type { FederationComponent } from './federation-component.ts';

export interface FederationFlags extends StorageFlags, LimitFlags, AuthenticationFlags, DnsProviderFlags {
  readonly name: string;
  readonly domain: string;
  readonly listen: DnsAddress;
  readonly dataDir: string;
  readonly tlsCertFile: string;
  readonly tlsPrivateKeyFile: string;
  readonly clientCaFile: string;
  readonly clusterSigningCertFile?: string;
  readonly clusterSigningKeyFile?: string;
  readonly dnsAddress: DnsAddress;
  readonly dnsTtl: number;
  readonly dnsConfig?: string;
  readonly holdRemovals?: boolean;
  readonly encryptionProviderConfig?: string;
  readonly auditPolicyFile?: string;
  readonly auditLogPath?: string;
  readonly tracingConfigFile?: string;
  readonly enableAdmissionPlugins?: readonly string[];
  readonly disableAdmissionPlugins?: readonly string[];
  readonly leaderElectLeaseDuration: number;
  readonly leaderElectRenewDeadline: number;
  readonly leaderElectRetryPeriod: number;
}

/** One federation control plane in the foreground, by flags alone. */
export async function federationCommand(flags: FederationFlags): Promise<void> {
  const spec = specOf(flags, withProviders(await dnsConfigOf(flags), flags));
  await runComponent({ kind: 'federation', name: flags.name }, async (deps) =>
    (await import('./federation.ts')).startFederationControlPlane({ ...deps, spec }),
  );
}

function specOf(flags: FederationFlags, dns: DnsServerConfig): FederationComponent {
  const storage = etcdOf(flags);
  const { encryptionProviderConfig: encryption, tracingConfigFile: tracing } = flags;
  return {
    name: flags.name,
    listen: flags.listen,
    dataDirectory: resolve(flags.dataDir),
    ...(encryption === undefined ? {} : { encryptionProviderConfig: resolve(encryption) }),
    ...(flags.holdRemovals === true ? { holdRemovals: true } : {}),
    ...auditOf(flags),
    ...(tracing === undefined ? {} : { tracingConfigFile: resolve(tracing) }),
    limits: limitsOf(flags),
    ...authenticationOf(flags),
    pki: {
      ca: flags.clientCaFile,
      servingCertificate: flags.tlsCertFile,
      servingKey: flags.tlsPrivateKeyFile,
      ...signerOf(flags),
    },
    federation: {
      ...admissionOf(flags),
      domain: flags.domain,
      dnsDirectory: resolve(flags.dataDir, 'dns'),
      dns: { ...flags.dnsAddress, ttlSeconds: flags.dnsTtl, ...dns },
      ...(storage === undefined
        ? {}
        : {
            storage,
            leaderElection: {
              leaseDurationSeconds: flags.leaderElectLeaseDuration,
              renewDeadlineSeconds: flags.leaderElectRenewDeadline,
              retryPeriodSeconds: flags.leaderElectRetryPeriod,
            },
          }),
    },
  };
}

function admissionOf({
  enableAdmissionPlugins: enable,
  disableAdmissionPlugins: disable,
}: FederationFlags): Pick<FederationComponent['federation'], 'admissionPlugins'> {
  if (enable === undefined && disable === undefined) return {};
  return { admissionPlugins: { ...(enable && { enable }), ...(disable && { disable }) } };
}

function auditOf({ auditPolicyFile, auditLogPath }: FederationFlags): Pick<FederationComponent, 'audit'> {
  if (auditPolicyFile === undefined && auditLogPath === undefined) return {};
  if (auditPolicyFile === undefined || auditLogPath === undefined) {
    throw new Error('--audit-policy-file and --audit-log-path go together: one says what is noted, the other where');
  }
  return { audit: { policyFile: resolve(auditPolicyFile), logFile: resolve(auditLogPath) } };
}

function signerOf({ clusterSigningCertFile: signerCertificate, clusterSigningKeyFile: signerKey }: FederationFlags) {
  if (signerCertificate === undefined && signerKey === undefined) return {};
  if (signerCertificate === undefined || signerKey === undefined) {
    throw new Error('--cluster-signing-cert-file and --cluster-signing-key-file go together: an authority is both');
  }
  return { signerCertificate, signerKey };
}
