import { checkedComponents, typeTable } from '../../src/apis/index.ts';
import {
  createApiServer,
  dynamicAdmission,
  isChosen,
  issuerDiscovery,
  namespaceLifecycle,
  type ApiServer,
  type AuditOptions,
  type PluginChoice,
  type ConfiguredAuthentication,
  type ResourceDefinition,
  type ServiceAccountTokens,
} from '../../src/apiserver/index.ts';
import { certificateAdmission } from '../../src/certificate-requests/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock, Logger, Registry } from '../../src/component-base/index.ts';
import { createInformerSet, type InformerSet } from '../../src/controller/index.ts';
import { customResourceSchemas } from '../../src/custom-resources/index.ts';
import { informedFlowControl } from '../../src/flow-control/index.ts';
import type { Storage } from '../../src/storage/index.ts';
import type { Tracer } from '../../src/tracing/index.ts';
import { createAccess } from './access.ts';
import type { AddressPlan } from './address-plan.ts';
import { builtInAdmission } from './admission/built-in-admission.ts';
import type { AdmissionConfiguration } from './admission/admission-configuration.ts';
import type { NumberClaims } from './admission/number-claims.ts';
import { serviceAllocator } from './admission/service-allocator.ts';
import { serviceResolver } from './admission/service-resolver.ts';
import { admin, apiServer } from './identities.ts';
import { answeredBindings } from './resources/answered-bindings.ts';
import { memberResources } from './resources/member-resources.ts';
import type { KubeletFinderDeps } from './resources/pod-connect.ts';
import type { HostPort } from '../host-ports/index.ts';

export interface ServerDeps {
  readonly storage: Storage;
  readonly plan: AddressPlan;
  readonly tokens: ServiceAccountTokens;
  /** Lines of `token,user,uid,"groups"`; nobody more is known by tokens when absent. */
  readonly tokenFile?: string;
  readonly authentication: ConfiguredAuthentication | undefined;
  readonly audit: AuditOptions | undefined;
  readonly tracer: Tracer | undefined;
  /** Those that are on by default when absent. */
  readonly admissionPlugins?: PluginChoice;
  readonly admissionConfiguration: AdmissionConfiguration | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly kubelet: KubeletFinderDeps['kubelet'];
  readonly hostPort: HostPort;
  /** Who gets which number when the storage has other API servers. */
  readonly claims: NumberClaims;
  /** Where it is called from outside. */
  readonly url: () => string;
  /** Throws while the cluster is not ready. */
  readonly checkReady: () => void;
}

export interface MemberServer {
  readonly server: ApiServer;
  readonly client: Client;
  /** Shared by all parts of the control plane; to be run. */
  readonly informers: InformerSet;
}

/** The API server of a member: which resources, which admission, who is believed. No I/O. */
export function createServer(deps: ServerDeps): MemberServer {
  const { storage, plan, tokens, clock, log, metrics, checkReady, admissionPlugins = {} } = deps;
  // Both exist before the first request, by which these are called.
  const own = (): Client => client;
  const learnt = (): InformerSet => informers;
  const access = createAccess({ ...deps, own, informers: learnt });
  const resources = memberResources({ own, tokens, kubelet: deps.kubelet, hostPort: deps.hostPort, clock });
  const server = createApiServer({
    resources: [...resources, answeredBindings(own), ...access.reviews, componentsOf(deps)],
    storage,
    types: typeTable,
    clock,
    log: log.child({ component: 'apiserver' }),
    metrics,
    admission: (self) => {
      const builtIn = builtInAdmission({
        own: self,
        authorizer: access.authorizer,
        served: () => server.catalog.definitions(),
        informers: learnt(),
        clock,
        log,
        podSecurity: deps.admissionConfiguration?.podSecurity,
      });
      const plugins = [
        namespaceLifecycle(self),
        access.admission,
        ...certificateAdmission(access.authorizer),
        ...builtIn.beforeWebhooks,
        customResourceSchemas,
        serviceAllocator({ informers: learnt(), plan, random: () => clock.random(), claims: deps.claims, log }),
        dynamic.mutating,
        ...dynamic.validating,
        ...builtIn.afterWebhooks,
      ];
      return plugins.filter(({ name }) => isChosen(name, admissionPlugins));
    },
    authenticators: () => access.authenticators,
    ...(deps.authentication === undefined ? {} : { allowsAnonymous: deps.authentication.allowsAnonymous }),
    authorizer: () => access.authorizer,
    documents: issuerDiscovery(tokens, deps.url),
    ...(deps.audit === undefined ? {} : { audit: deps.audit }),
    tracer: deps.tracer,
    flowControl: () => informedFlowControl(learnt),
    readyChecks: { 'informer-sync': checkReady },
  });
  const client = server.client(admin);
  const informers = createInformerSet(server.client(apiServer), { clock, log });
  const dynamic = dynamicAdmission({
    informers,
    own: client,
    authorizer: access.authorizer,
    served: () => server.catalog.definitions(),
    types: typeTable,
    resolveService: serviceResolver(informers),
    plugins: admissionPlugins,
    log: log.child({ component: 'admission' }),
  });
  return { server, client, informers };
}

/** They are one process: its controllers and its scheduler are well as soon as it is. */
function componentsOf({ storage, checkReady }: ServerDeps): ResourceDefinition {
  return checkedComponents({
    'controller-manager': checkReady,
    'etcd-0': () => storage.currentRevision(),
    scheduler: checkReady,
  });
}
