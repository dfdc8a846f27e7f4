import { aggregation } from '../../src/aggregation/index.ts';
import type { ApiServer } from '../../src/apiserver/index.ts';
import type { Clock, Logger, Runnable } from '../../src/component-base/index.ts';
import type { InformerSet } from '../../src/controller/index.ts';
import { customResources } from '../../src/custom-resources/index.ts';
import type { CertificateAuthority } from '../../src/pki/index.ts';
import { serviceResolver } from './admission/service-resolver.ts';
import { apiServer } from './identities.ts';

export interface ExtensionsDeps {
  readonly server: ApiServer;
  readonly informers: InformerSet;
  /** PEM of the CAs whose client certificates are believed. */
  readonly rootCa: string;
  readonly signingAuthority?: Pick<CertificateAuthority, 'certificate'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What users add to the API, by definitions and by servers of their own. */
export function createExtensions(deps: ExtensionsDeps): readonly Runnable[] {
  const client = deps.server.client(apiServer);
  const resolveService = serviceResolver(deps.informers);
  const clientCa = [deps.rootCa, deps.signingAuthority?.certificate ?? ''].join('');
  const network = { resolveService, clientCa };
  return [...customResources({ ...deps, client, resolveService }), ...aggregation({ ...deps, client, network })];
}
