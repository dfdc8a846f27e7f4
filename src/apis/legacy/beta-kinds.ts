import { podSpecFromBeta } from './beta-container.ts';
import { fieldsOf, isEmpty, listOf, present, textOf, type Fields } from './fields.ts';
import type { LegacyKind } from './legacy-kind.ts';
import { thirdBetaKinds } from './third-beta-kinds.ts';

/** What stood beside the content before there was `metadata`. */
const META = ['namespace', 'uid', 'creationTimestamp', 'labels', 'annotations', 'generateName', 'resourceVersion'];

function metadataFromBeta(object: Fields): Fields {
  const { id } = object;
  const known = Object.fromEntries(Object.entries(object).filter(([name]) => META.includes(name)));
  const { resourceVersion, ...metadata } = present({ name: id, ...known });
  return isEmpty(resourceVersion) || resourceVersion === 0
    ? metadata
    : { ...metadata, resourceVersion: String(resourceVersion) };
}

function podToModern(object: Fields): Fields {
  const { desiredState, nodeSelector } = object;
  return { metadata: metadataFromBeta(object), spec: podSpecFromBeta({ desiredState, nodeSelector }) };
}

function controllerToModern(object: Fields): Fields {
  const { replicas, replicaSelector, podTemplate } = fieldsOf(object['desiredState']);
  const template = fieldsOf(podTemplate);
  const { desiredState, nodeSelector } = template;
  const { name: _name, ...metadata } = metadataFromBeta(template);
  return {
    metadata: metadataFromBeta(object),
    spec: present({
      replicas,
      selector: replicaSelector,
      template: { metadata, spec: podSpecFromBeta({ desiredState, nodeSelector }) },
    }),
  };
}

/** There was one port, at the top, and later a list of them. */
function portsOf({ ports, port, protocol, containerPort, portName }: Fields): readonly Fields[] {
  const list = listOf(ports);
  const all = list.length > 0 ? list : [{ name: portName, port, protocol, containerPort }];
  return all.map(({ containerPort: target, ...each }) =>
    present({ ...each, targetPort: noPort(target) ? undefined : target }),
  );
}

function noPort(port: unknown): boolean {
  return port === 0 || port === '';
}

function serviceToModern(object: Fields): Fields {
  const { selector, portalIP, publicIPs, createExternalLoadBalancer, sessionAffinity } = object;
  return {
    metadata: metadataFromBeta(object),
    spec: present({
      ports: portsOf(object),
      selector,
      type: createExternalLoadBalancer === true ? 'LoadBalancer' : undefined,
      clusterIP: portalIP === '' ? undefined : portalIP,
      externalIPs: publicIPs,
      sessionAffinity,
    }),
  };
}

function minionToModern(object: Fields): Fields {
  const { resources, hostIP, podCIDR, unschedulable } = object;
  const capacity = fieldsOf(resources)['capacity'];
  const addresses = isEmpty(hostIP) || hostIP === '' ? undefined : [{ type: 'InternalIP', address: hostIP }];
  const status = present({ capacity, addresses });
  return {
    metadata: metadataFromBeta(object),
    spec: present({ podCIDR, unschedulable }),
    ...(isEmpty(status) ? {} : { status }),
  };
}

/** Addresses with their port in one text each. */
function endpointsToModern(object: Fields): Fields {
  const { endpoints, protocol, subsets } = object;
  if (subsets !== undefined) return { metadata: metadataFromBeta(object), subsets };
  const pairs = (Array.isArray(endpoints) ? endpoints : []).map((each: unknown) => {
    const [, ip = '', port = ''] = /^(.*):(\d+)$/.exec(textOf(each)) ?? [];
    return { ip, port: Number(port) };
  });
  const byPort = Map.groupBy(pairs, ({ port }) => port);
  return {
    metadata: metadataFromBeta(object),
    subsets: [...byPort].map(([port, addresses]) => ({
      addresses: addresses.map(({ ip }) => ({ ip })),
      ports: [present({ port, protocol })],
    })),
  };
}

function namespaceToModern(object: Fields): Fields {
  return { metadata: metadataFromBeta(object) };
}

function secretToModern(object: Fields): Fields {
  return present({ metadata: metadataFromBeta(object), data: object['data'], type: object['type'] });
}

const kinds: Readonly<Record<string, readonly [kind: string, toModern: LegacyKind['toModern']]>> = {
  Pod: ['Pod', podToModern],
  ReplicationController: ['ReplicationController', controllerToModern],
  Service: ['Service', serviceToModern],
  Minion: ['Node', minionToModern],
  Node: ['Node', minionToModern],
  Endpoints: ['Endpoints', endpointsToModern],
  Namespace: ['Namespace', namespaceToModern],
  Secret: ['Secret', secretToModern],
};

/** The first API of Kubernetes: no metadata, and a desired beside a current state. */
export const betaKinds: readonly LegacyKind[] = [
  ...['v1beta1', 'v1beta2'].flatMap((apiVersion) =>
    Object.entries(kinds).map(([kind, [modern, toModern]]): LegacyKind => {
      return { apiVersion, kind, modern: { apiVersion: 'v1', kind: modern }, toModern };
    }),
  ),
  ...thirdBetaKinds,
];
