import { forbidden, generateName, isNotFound, type Resource } from '../../../src/apimachinery/index.ts';
import {
  serviceAccounts,
  type Container,
  type Pod,
  type PodSpec,
  type ServiceAccount,
  type Volume,
} from '../../../src/apis/index.ts';
import type { AdmissionPlugin } from '../../../src/apiserver/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import { isMirrorPod, mirrorPodProblem } from '../../node-access/index.ts';
import { containersOf, isNewPod, podOf } from './new-pod.ts';

const ACCOUNT_WAIT_MS = 20;
const ACCOUNT_ATTEMPTS = 100;

const ACCOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const VOLUME_PREFIX = 'kube-api-access-';
/** An hour, and as long as the token is renewed before its end. */
const TOKEN_SECONDS = 3607;
const DEFAULT_MODE = 0o644;

/**
 * Pods run as an account that exists, `default` when they name none, pull images with its Secrets, and find its token
 * in their containers unless they or it do not want that. What a node runs by itself has none.
 */
export function serviceAccountAdmission(
  own: Pick<Client, 'get'>,
  clock: Pick<Clock, 'sleep' | 'random'>,
): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    handles: isNewPod,
    async mutate({ object, namespace = '', resource }, signal) {
      const pod = podOf(object);
      if (pod.spec === undefined) return pod;
      if (isMirrorPod(pod)) return checkedMirror(pod, resource);
      const named = pod.spec.serviceAccountName ?? '';
      const name = named === '' ? 'default' : named;
      const account = await find(name, namespace, signal);
      if (account === undefined) {
        const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
        throw forbidden(resource, pod.metadata.name ?? '', why);
      }
      const spec = {
        ...pod.spec,
        serviceAccountName: name,
        serviceAccount: name,
        ...imagePullSecretsOf(pod.spec, account),
      };
      const isMounted = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
      return { ...pod, spec: isMounted ? withToken(spec, () => clock.random()) : spec };
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

function checkedMirror(pod: Pod, resource: Resource): Pod {
  const problem = mirrorPodProblem(pod);
  if (problem !== undefined) throw forbidden(resource, pod.metadata.name ?? '', problem);
  return pod;
}

function imagePullSecretsOf({ imagePullSecrets = [] }: PodSpec, account: ServiceAccount): Partial<PodSpec> {
  if (imagePullSecrets.length > 0 || account.imagePullSecrets === undefined) return {};
  return { imagePullSecrets: account.imagePullSecrets };
}

/** With a volume of the token, for those containers that have nothing of their own in its place. */
function withToken(spec: PodSpec, random: () => number): PodSpec {
  const { initContainers = [], volumes = [] } = spec;
  const containers = containersOf(spec);
  if (![...initContainers, ...containers].some(lacksAccount)) return spec;
  const name = freeName(volumes, random);
  const mounted = (container: Container): Container =>
    lacksAccount(container)
      ? {
          ...container,
          volumeMounts: [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: ACCOUNT_PATH }],
        }
      : container;
  return {
    ...spec,
    volumes: [...volumes, tokenVolume(name)],
    ...(spec.initContainers === undefined ? {} : { initContainers: initContainers.map(mounted) }),
    containers: containers.map(mounted),
  };
}

function lacksAccount({ volumeMounts = [] }: Container): boolean {
  return !volumeMounts.some(({ mountPath }) => mountPath === ACCOUNT_PATH);
}

function freeName(volumes: readonly Volume[], random: () => number): string {
  for (;;) {
    const name = generateName(VOLUME_PREFIX, random);
    if (!volumes.some((volume) => volume.name === name)) return name;
  }
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
      defaultMode: DEFAULT_MODE,
    },
  };
}
