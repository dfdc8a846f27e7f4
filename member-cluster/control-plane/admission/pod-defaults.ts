import { forbidden, isNotFound, type KubeObject } from '../../../src/apimachinery/index.ts';
import { serviceAccounts, type Pod, type ServiceAccount, type Taint } from '../../../src/apis/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../../src/apiserver/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import { tolerates } from '../../pods/index.ts';

function isNewPod({ resource, subresource, operation }: AdmissionRequest): boolean {
  return resource.group === '' && resource.plural === 'pods' && subresource === undefined && operation === 'CREATE';
}

function podOf(object: (KubeObject & Pick<Pod, 'spec'>) | undefined): Pod {
  if (object === undefined) throw new TypeError('a new pod has an object');
  // @NOTE these plugins handle nothing but pods.
  return object;
}

const TOLERATED_FOR_SECONDS = 300;
const UNWELL: readonly Taint[] = [
  { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
];

/** Pods stay for five minutes on a node that is not well, unless they say otherwise. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: isNewPod,
  async mutate({ object }) {
    const pod = podOf(object);
    const tolerations = pod.spec?.tolerations ?? [];
    const missing = UNWELL.filter((taint) => !tolerations.some((toleration) => tolerates(toleration, taint)));
    if (missing.length === 0 || pod.spec === undefined) return pod;
    const added = missing.map(({ key, effect }) => ({
      key,
      effect,
      operator: 'Exists',
      tolerationSeconds: TOLERATED_FOR_SECONDS,
    }));
    return { ...pod, spec: { ...pod.spec, tolerations: [...tolerations, ...added] } };
  },
};

const SYSTEM_PRIORITIES: ReadonlyMap<string, number> = new Map([
  ['system-cluster-critical', 2_000_000_000],
  ['system-node-critical', 2_000_001_000],
]);

/** The number behind a pod's priority class. This server has the two classes of the system and no others. */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  handles: isNewPod,
  async mutate({ object, resource }) {
    const pod = podOf(object);
    if (pod.spec === undefined) return pod;
    const { priorityClassName = '', preemptionPolicy = 'PreemptLowerPriority' } = pod.spec;
    const value = priorityClassName === '' ? 0 : SYSTEM_PRIORITIES.get(priorityClassName);
    const { name = '' } = pod.metadata;
    if (value === undefined)
      throw forbidden(resource, name, `no PriorityClass with name ${priorityClassName} was found`);
    if (pod.spec.priority !== undefined && pod.spec.priority !== value) {
      const why = `the integer value of priority (${pod.spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
      throw forbidden(resource, name, why);
    }
    return { ...pod, spec: { ...pod.spec, priority: value, preemptionPolicy } };
  },
};

const ACCOUNT_WAIT_MS = 20;
const ACCOUNT_ATTEMPTS = 100;

/** Pods run as an account that exists, `default` when they name none, and pull images with its Secrets. */
export function serviceAccountAdmission(own: Client, clock: Clock): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    handles: isNewPod,
    async mutate({ object, namespace = '', resource }, signal) {
      const pod = podOf(object);
      if (pod.spec === undefined) return pod;
      const named = pod.spec.serviceAccountName ?? '';
      const name = named === '' ? 'default' : named;
      const account = await find(name, namespace, signal);
      if (account === undefined) {
        const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
        throw forbidden(resource, pod.metadata.name ?? '', why);
      }
      const { imagePullSecrets = account.imagePullSecrets } = pod.spec;
      return {
        ...pod,
        spec: {
          ...pod.spec,
          serviceAccountName: name,
          serviceAccount: name,
          ...(imagePullSecrets === undefined ? {} : { imagePullSecrets }),
        },
      };
    },
  };

  /** A namespace is given its default account a moment after it was made: worth waiting for. */
  async function find(name: string, namespace: string, signal: AbortSignal): Promise<ServiceAccount | undefined> {
    const attempts = name === 'default' ? ACCOUNT_ATTEMPTS : 1;
    for (let attempt = 1; ; attempt++) {
      try {
        return await own.get(serviceAccounts, { namespace, name }, { signal });
      } catch (err) {
        if (!isNotFound(err)) throw err;
        if (attempt === attempts) return undefined;
      }
      await clock.sleep(ACCOUNT_WAIT_MS, signal);
    }
  }
}
