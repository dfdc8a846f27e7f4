import { persistentVolumes } from '../../src/apis/index.ts';
import { createEventRecorder, type EventRecorder } from '../../src/controller/index.ts';
import type { Runnable } from '../../src/component-base/index.ts';
import { createKubelet, machineResolver, networkProber, type Kubelet, type Prober } from '../kubelet/index.ts';
import { mayNodeSet, nodeUser } from '../node-access/index.ts';
import { createHollowRuntime, createNodePower, HollowDisks, type HollowRuntime } from '../runtime/index.ts';
import type { WorkersDeps } from './workers.ts';
import type { NodeSpec } from './options.ts';

export interface NodesOptions {
  readonly clusterName: string;
  readonly region: string;
  readonly zone: string;
  /** How many, or which. */
  readonly nodes: number | readonly NodeSpec[];
}

export interface MemberNodes {
  readonly kubelets: ReadonlyMap<string, Kubelet>;
  /** What the kubelets stand on: to be started before them and stopped after them. */
  readonly foundations: readonly Runnable[];
}

/** The nodes of a member: for each a runtime and a kubelet. */
export async function createNodes(
  options: NodesOptions,
  deps: Pick<
    WorkersDeps,
    'server' | 'informers' | 'plan' | 'hasNetwork' | 'hostPort' | 'clusterDomain' | 'clock' | 'log'
  >,
): Promise<MemberNodes> {
  const { server, informers, plan, hasNetwork, hostPort, clock, log } = deps;
  const specs = nodeSpecs(options);
  if (specs.length > plan.maxNodes)
    throw new TypeError(`a member has room for ${plan.maxNodes} nodes: ${specs.length}`);
  const kubelets = new Map<string, Kubelet>();
  const own = await machineResolver();
  const disks = new HollowDisks();
  informers.of(persistentVolumes).onEvent(({ type, object }) => {
    if (type === 'delete') disks.remove(object.metadata.name ?? '');
  });
  const foundations: Runnable[] = [];
  for (const [index, spec] of specs.entries()) {
    checkLabels(spec);
    const { name, zone = options.zone } = spec;
    const place = { address: plan.nodeAddress(index + 1), podCIDR: plan.podCidr(index + 1), region: options.region };
    const node = { ...spec, ...place, zone };
    const runtime = createHollowRuntime({ node, clusterName: options.clusterName, clock, hasNetwork, hostPort, disks });
    const client = server.client(nodeUser(name));
    const events: EventRecorder = createEventRecorder(client, 'kubelet', { clock, log });
    const power = createNodePower(name, { informers, log: log.child({ component: 'kubelet' }) });
    power.onChange(() => {
      runtime.setReachable(power.isOn).catch((err: unknown) => {
        log.error({ node: name, err }, 'pods could not be cut off or joined again');
      });
    });
    foundations.push(runtime, events, power);
    kubelets.set(
      name,
      createKubelet(
        {
          node,
          prober: hasNetwork ? networkProber(hostPort) : simulatedProber(runtime),
          dns: { cluster: { address: plan.clusterDns, domain: deps.clusterDomain }, own },
        },
        { client, informers, runtime, power, events, clock, log: log.child({ component: 'kubelet', node: name }) },
      ),
    );
  }
  return { kubelets, foundations };
}

function nodeSpecs({ nodes, clusterName }: NodesOptions): readonly NodeSpec[] {
  if (typeof nodes !== 'number') return nodes;
  return Array.from({ length: nodes }, (_, index) => ({ name: `${clusterName}-node-${index + 1}` }));
}

/** What no node may say of itself an administrator may say of it later. */
function checkLabels({ name, labels = {} }: NodeSpec): void {
  const refused = Object.keys(labels).filter((key) => !mayNodeSet(key));
  if (refused.length > 0) throw new TypeError(`node ${name} may not give itself these labels: ${refused.join(', ')}`);
}

/** Where nothing listens a probe finds what it would find if something did. */
function simulatedProber(runtime: HollowRuntime): Prober {
  return async (target) => {
    if (target.type !== 'http' && target.type !== 'tcp')
      throw new Error(`nothing answers a probe of type ${target.type}`);
    if (!runtime.listensOn(target.host, target.port))
      throw new Error(`connection refused: ${target.host}:${target.port}`);
  };
}
