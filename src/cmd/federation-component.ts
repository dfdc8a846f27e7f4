import type { ComponentSpec, FederationSpec } from '../../federation/fleet/index.ts';
import type { CertificateFiles } from './component-certificates.ts';

/** What a federation control plane is told. */
export interface FederationComponent extends Pick<
  ComponentSpec,
  | 'name'
  | 'listen'
  | 'dataDirectory'
  | 'encryptionProviderConfig'
  | 'audit'
  | 'tracingConfigFile'
  | 'limits'
  | 'authentication'
> {
  readonly pki: CertificateFiles;
  readonly federation: FederationSpec;
  /** What is stored was restored by other means than ours. */
  readonly holdRemovals?: boolean;
}
