import type { KubeObject } from '../../../src/apimachinery/index.ts';
import { FEDERATION_SYSTEM_NAMESPACE } from '../../apis/index.ts';

/** Namespaces that are each API server's own. What is in them never leaves: `federation-system` holds the members' credentials. */
const systemNamespaces: ReadonlySet<string> = new Set([
  FEDERATION_SYSTEM_NAMESPACE,
  'federation-only',
  'kube-system',
  'kube-public',
  'kube-node-lease',
]);

export function isSystemNamespace(name: string | undefined): boolean {
  return name !== undefined && systemNamespaces.has(name);
}

export function isInSystemNamespace({ metadata }: KubeObject): boolean {
  return isSystemNamespace(metadata.namespace);
}
