import { changed, fieldsOf, isEmpty, listOf, present, type Fields } from './fields.ts';
import type { LegacyKind } from './legacy-kind.ts';

/** v1beta3, of spring 2015, looks as v1 does but for these. */

function container({ privileged, capabilities, ...rest }: Fields): Fields {
  const own = present({ privileged: privileged === true ? true : undefined, capabilities });
  return isEmpty(own) ? rest : { ...rest, securityContext: { ...own, ...fieldsOf(rest['securityContext']) } };
}

function podSpec({ host, containers, ...spec }: Fields): Fields {
  return present({
    ...spec,
    nodeName: host === '' ? undefined : host,
    containers: containers === undefined ? undefined : listOf(containers).map(container),
  });
}

const pod = (object: Fields): Fields => changed(object, 'spec', podSpec);

function controller(object: Fields): Fields {
  return changed(object, 'spec', (spec) => changed(spec, 'template', pod));
}

function service(object: Fields): Fields {
  return changed(object, 'spec', ({ portalIP, createExternalLoadBalancer, publicIPs, ports, ...spec }) =>
    present({
      ...spec,
      type: createExternalLoadBalancer === true ? 'LoadBalancer' : spec['type'],
      clusterIP: portalIP === '' ? undefined : (portalIP ?? spec['clusterIP']),
      externalIPs: publicIPs ?? spec['externalIPs'],
      ports:
        ports === undefined
          ? undefined
          : listOf(ports).map(({ containerPort, ...port }) => present({ targetPort: containerPort, ...port })),
    }),
  );
}

function node(object: Fields): Fields {
  return changed(object, 'spec', ({ capacity: _capacity, ...spec }) => spec);
}

const kinds: Readonly<Record<string, LegacyKind['toModern']>> = {
  Pod: pod,
  ReplicationController: controller,
  Service: service,
  Node: node,
  Endpoints: (object) => object,
  Namespace: (object) => object,
  Secret: (object) => object,
  Event: (object) => object,
  LimitRange: (object) => object,
  ResourceQuota: (object) => object,
  PersistentVolume: (object) => object,
  PersistentVolumeClaim: (object) => object,
  PodTemplate: controller,
};

export const thirdBetaKinds: readonly LegacyKind[] = Object.entries(kinds).map(([kind, toModern]) => {
  return { apiVersion: 'v1beta3', kind, modern: { apiVersion: 'v1', kind }, toModern };
});
