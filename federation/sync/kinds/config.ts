import { deepEqual } from '../../../src/apimachinery/index.ts';
import {
  configMaps as configMapResource,
  secrets as secretResource,
  type ConfigMap,
  type Secret,
} from '../../../src/apis/index.ts';
import { ranks, type FederatedType } from '../federated-type.ts';
import { isInSystemNamespace } from './propagation.ts';

/** Made by each control plane for itself. */
const ROOT_CA = 'kube-root-ca.crt';
const ACCOUNT_TOKEN = 'kubernetes.io/service-account-token';

/** Data is ours whole: a key that somebody adds in a member is taken away again. */
export const configMaps: FederatedType<ConfigMap> = {
  resource: configMapResource,
  rank: ranks.configuration,
  isWhole: true,
  stays: (object) => isInSystemNamespace(object) || object.metadata.name === ROOT_CA,
  toMember: (object) => object,
  equivalent: (desired, member) =>
    deepEqual(desired.data ?? {}, member.data ?? {}) &&
    deepEqual(desired.binaryData ?? {}, member.binaryData ?? {}) &&
    (desired.immutable ?? false) === (member.immutable ?? false),
};

export const secrets: FederatedType<Secret> = {
  resource: secretResource,
  rank: ranks.configuration,
  isWhole: true,
  stays: (object) => isInSystemNamespace(object) || object.type === ACCOUNT_TOKEN,
  toMember: (object) => object,
  equivalent: (desired, member) =>
    deepEqual(desired.data ?? {}, member.data ?? {}) &&
    (desired.type ?? 'Opaque') === (member.type ?? 'Opaque') &&
    (desired.immutable ?? false) === (member.immutable ?? false),
};
