import type { RequestedNames } from '../pki/index.ts';

/** What is wrong with a request for this signer; nothing when it may be signed. */
export type SignerRule = (names: RequestedNames, usages: readonly string[]) => string | undefined;

export const KUBELET_CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet';

const CLIENT = ['client auth', 'digital signature', 'key encipherment'];
const SERVER = ['digital signature', 'key encipherment', 'server auth'];

/** The signers of every cluster whose certificates its own authority makes. */
export const signers: Readonly<Record<string, SignerRule>> = {
  'kubernetes.io/kube-apiserver-client': (_names, usages) => usagesProblem(usages, CLIENT, ['client auth']),
  [KUBELET_CLIENT]: (names, usages) =>
    nodeProblem(names) ??
    (names.dnsNames.length + names.addresses.length + names.others.length > 0
      ? 'subjectAltNames are not allowed'
      : usagesProblem(usages, CLIENT, ['client auth', 'digital signature'])),
  'kubernetes.io/kubelet-serving': (names, usages) =>
    nodeProblem(names) ?? servingProblem(names) ?? usagesProblem(usages, SERVER, ['digital signature', 'server auth']),
};

function nodeProblem({ commonName, organizations }: RequestedNames): string | undefined {
  if (organizations.length !== 1 || organizations[0] !== 'system:nodes') {
    return 'subject organization is not system:nodes';
  }
  return commonName.startsWith('system:node:') && commonName !== 'system:node:'
    ? undefined
    : 'subject common name does not begin with system:node: ';
}

function servingProblem({ dnsNames, addresses, others }: RequestedNames): string | undefined {
  if (dnsNames.length + addresses.length === 0) return 'DNS or IP subjectAltName is required';
  return others.length > 0 ? 'email and URI subjectAltNames are not allowed' : undefined;
}

function usagesProblem(
  usages: readonly string[],
  allowed: readonly string[],
  needed: readonly string[],
): string | undefined {
  const fits = usages.every((usage) => allowed.includes(usage)) && needed.every((usage) => usages.includes(usage));
  return fits ? undefined : `usages did not match [${allowed.join(' ')}]`;
}
