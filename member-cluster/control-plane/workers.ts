import { typeTable, type Secret, type ServiceAccount } from '../../src/apis/index.ts';
import { storedResources, type ServiceAccountTokens, type TokenSubject } from '../../src/apiserver/index.ts';
import { certificateRequests } from '../../src/certificate-requests/index.ts';
import { aborted, type Clock, type Logger, type Registry, type Runnable } from '../../src/component-base/index.ts';
import {
  createEventRecorder,
  createInformerSet,
  freshLayers,
  leaderElection,
  type Election,
  type EventRecorder,
} from '../../src/controller/index.ts';
import { flowSchemaStatus } from '../../src/flow-control/index.ts';
import type { CertificateAuthority } from '../../src/pki/index.ts';
import { policyStatus } from '../../src/policy-status/index.ts';
import { bootstrapRbac, rbacKnown, roleAggregation } from '../../src/rbac/index.ts';
import { createClusterDns } from '../cluster-dns/index.ts';
import { buildMemberControllers, type ControllerSettings } from '../controllers/index.ts';
import type { HostPort } from '../host-ports/index.ts';
import { createServiceProxy } from '../proxy/index.ts';
import { createReporter } from '../reporter/index.ts';
import { createScheduler } from '../scheduler/index.ts';
import type { AddressPlan } from './address-plan.ts';
import { createBootstrapObjects } from './bootstrap.ts';
import type { MemberServer } from './create-server.ts';
import { createExtensions } from './extensions.ts';
import { apiServer, controllerManager, kubeProxy, kubeScheduler } from './identities.ts';

export interface WorkersDeps extends MemberServer {
  /** Where the storage has other API servers: of all of them the elected one has the controllers and the scheduler. */
  readonly election?: Election;
  readonly plan: AddressPlan;
  /** False: nothing listens. */
  readonly hasNetwork: boolean;
  readonly hostPort: HostPort;
  readonly rootCa: string;
  readonly signingAuthority?: CertificateAuthority;
  readonly tokens: ServiceAccountTokens;
  readonly clusterDomain: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
}

export interface Workers {
  /** What the others stand on. */
  readonly foundations: readonly Runnable[];
  /** The roles by which all that follows may do its work. */
  readonly roles: readonly Runnable[];
  /** What users added to the API, which stands before anything decides by what there is. */
  readonly extensions: readonly Runnable[];
  /** Everything that works on the API, started at once. */
  readonly controllers: readonly Runnable[];
}

export function createWorkers(deps: WorkersDeps): Workers {
  const { server, client, informers, plan, clock, log, election } = deps;
  const { recorders, controllers } =
    election === undefined ? createDeciders(deps) : { recorders: [], controllers: [elected(deps, election)] };
  const events = createEventRecorder(server.client(kubeProxy), 'kube-proxy', { clock, log });
  const network = deps.hasNetwork ? createNetwork(deps, events) : [];
  const roles: Runnable = {
    name: 'default roles',
    async run(signal, ready) {
      await bootstrapRbac(client, signal);
      await rbacKnown(informers, signal);
      ready();
      await aborted(signal);
    },
  };
  const bootstrap: Runnable = {
    name: 'bootstrap',
    async run(signal, ready) {
      await createBootstrapObjects(client, plan, signal);
      ready();
      await aborted(signal);
    },
  };
  return {
    foundations: [informers, ...recorders, ...(deps.hasNetwork ? [events] : [])],
    roles: [roles],
    extensions: createExtensions(deps),
    controllers: [bootstrap, ...controllers, ...network],
  };
}

/** What decides is begun anew with each term, with informers of its own. */
function elected(deps: WorkersDeps, election: Election): Runnable {
  const { server, clock, log } = deps;
  const client = server.client(controllerManager);
  const deciders = freshLayers('controllers and scheduler', () => {
    const informers = createInformerSet(client, { clock, log });
    const { recorders, controllers } = createDeciders({ ...deps, informers });
    return [[informers, ...recorders], controllers];
  });
  const lease = { namespace: 'kube-system', name: 'kube-controller-manager' };
  return leaderElection({ ...election, client, lease, clock, log }, [deciders]);
}

/** Controllers and scheduler: what only one control plane of a cluster may run. */
function createDeciders(deps: WorkersDeps) {
  const { server, informers, clock, log } = deps;
  const recorders: EventRecorder[] = [];
  const events = (component: string, user = controllerManager): EventRecorder => {
    const recorder = createEventRecorder(server.client(user), component, { clock, log });
    recorders.push(recorder);
    return recorder;
  };
  const controllers = buildMemberControllers({
    ...deps,
    client: server.client(controllerManager),
    events,
    settings: controllerSettings(deps),
  });
  const scheduler = createScheduler({
    client: server.client(kubeScheduler),
    informers,
    events: events('default-scheduler', kubeScheduler),
    clock,
    log: log.child({ component: 'scheduler' }),
  });
  const policies = policyStatus({
    client: server.client(controllerManager),
    informers,
    catalog: server.catalog,
    types: typeTable,
    clock,
    log,
  });
  const flows = flowSchemaStatus({ client: server.client(apiServer), informers, clock, log });
  const aggregation = roleAggregation({ client: server.client(controllerManager), informers, clock, log });
  const requests = certificateRequests({
    client: server.client(controllerManager),
    informers,
    authority: deps.signingAuthority,
    clock,
    log,
  });
  const reporter = createReporter({ client: deps.client, informers, clock, log: log.child({ component: 'reporter' }) });
  const others = [scheduler, policies, flows, aggregation, ...requests, reporter];
  return { recorders, controllers: [...controllers, ...others] };
}

function controllerSettings({ plan, server, rootCa, tokens }: WorkersDeps): ControllerSettings {
  return {
    resources: storedResources(server.catalog),
    rootCa,
    issueToken: async (account, secret) => {
      const { token } = await tokens.issue(secretToken(account, secret), {});
      return token;
    },
    kubernetesService: {
      clusterIP: plan.kubernetesService,
      address: plan.apiServer.host,
      port: plan.apiServer.port,
    },
    loadBalancerCidr: plan.loadBalancerCidr,
    podBlocks: plan,
  };
}

function secretToken({ metadata }: ServiceAccount, secret: Secret): TokenSubject {
  const { namespace = '', name = '', uid = '' } = metadata;
  const bound = { kind: 'Secret' as const, name: secret.metadata.name ?? '', uid: secret.metadata.uid ?? '' };
  return { namespace, name, uid, bound };
}

function createNetwork(deps: WorkersDeps, events: EventRecorder): readonly Runnable[] {
  const { informers, plan, clusterDomain, clock, log, metrics } = deps;
  return [
    createServiceProxy({
      informers,
      events,
      owns: (address) => plan.owns(address),
      hostPort: deps.hostPort,
      clock,
      log: log.child({ component: 'proxy' }),
    }),
    createClusterDns({
      informers,
      clusterDomain,
      address: { host: plan.clusterDns, port: 53 },
      verifiesPods: true,
      clock,
      log: log.child({ component: 'cluster-dns' }),
      metrics,
    }),
  ];
}
