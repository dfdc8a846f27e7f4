import { withMetadata } from '../../src/apimachinery/index.ts';
import type { NewObject } from '../../src/client/index.ts';
import type { Cluster } from '../apis/index.ts';
import { bookkeeping } from './bookkeeping.ts';
import type { JoinOptions } from './join-options.ts';
import type { AccountNames } from './member-account.ts';

export interface ClusterFacts {
  readonly names: AccountNames;
  readonly secretName: string;
  readonly uid: string | undefined;
}

/** The Cluster that `options` ask for. */
export function clusterObject(options: JoinOptions, { names, secretName, uid }: ClusterFacts): NewObject<Cluster> {
  const { name, server, labels, kubeconfig } = options;
  const account =
    kubeconfig === undefined
      ? {
          [bookkeeping.serviceAccount]: names.serviceAccount,
          [bookkeeping.clusterRole]: names.clusterRole,
          [bookkeeping.memberNamespace]: names.namespace,
        }
      : {};
  return {
    metadata: {
      name,
      ...(labels === undefined ? {} : { labels }),
      annotations: { ...account, ...(uid === undefined ? {} : { [bookkeeping.clusterUid]: uid }) },
    },
    spec: {
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: withScheme(server) }],
      secretRef: { name: secretName },
    },
  };
}

/**
 * The Cluster that is there, with what joining says of it and all else as it was. Throws where it may be another
 * cluster that is meant.
 */
export function rejoined(present: Cluster, { metadata, spec = {} }: NewObject<Cluster>): Cluster {
  const { labels = {}, annotations = {} } = metadata;
  const { serverAddressByClientCIDRs: wanted = [], secretRef } = spec;
  const isHere = wanted.every((address) => isAt(present, address.serverAddress));
  if (!isHere && !isKnownAs(present, annotations[bookkeeping.clusterUid])) {
    throw new Error(
      `cluster ${metadata.name ?? ''} is in the federation already, with another address; unjoin it first`,
    );
  }
  const next: Cluster = {
    ...present,
    spec: {
      ...present.spec,
      ...(isHere ? {} : { serverAddressByClientCIDRs: wanted }),
      ...(secretRef === undefined ? {} : { secretRef }),
    },
  };
  return withMetadata(next, {
    ...(Object.keys(labels).length === 0 ? {} : { labels: { ...present.metadata.labels, ...labels } }),
    annotations: { ...present.metadata.annotations, ...annotations },
  });
}

function isKnownAs({ metadata }: Cluster, uid: string | undefined): boolean {
  return uid !== undefined && metadata.annotations?.[bookkeeping.clusterUid] === uid;
}

function isAt({ spec }: Cluster, address: string): boolean {
  return spec?.serverAddressByClientCIDRs?.some(({ serverAddress }) => withScheme(serverAddress) === address) === true;
}

function withScheme(address: string): string {
  return address.includes('://') ? address : `https://${address}`;
}
