import type { ComponentPki, ComponentSpec, FederationSpec } from '../../federation/fleet/index.ts';

/** What a federation control plane is told. */
export interface FederationComponent extends Pick<
  ComponentSpec,
  'name' | 'listen' | 'dataDirectory' | 'encryptionProviderConfig' | 'audit'
> {
  readonly pki: Pick<ComponentPki, 'ca' | 'servingCertificate' | 'servingKey'> &
    Partial<Pick<ComponentPki, 'signerCertificate' | 'signerKey'>>;
  readonly federation: FederationSpec;
}
