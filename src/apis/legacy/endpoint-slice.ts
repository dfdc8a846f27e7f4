import { fieldsOf, isEmpty, listOf, without, type Fields } from './fields.ts';
import type { LegacyKind } from './legacy-kind.ts';

const HOST = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';

/** Where an endpoint is stood in one map of labels. */
function toModern(object: Fields): Fields {
  const endpoints = listOf(object['endpoints']).map(({ topology, ...endpoint }) => {
    const { [HOST]: host, [ZONE]: zone, ...others } = fieldsOf(topology);
    return {
      ...(host === undefined ? {} : { nodeName: host }),
      ...(zone === undefined ? {} : { zone }),
      ...(isEmpty(others) ? {} : { deprecatedTopology: others }),
      ...endpoint,
    };
  });
  return { ...object, endpoints };
}

function fromModern(object: Fields): Fields {
  const endpoints = listOf(object['endpoints']).map((endpoint) => {
    const { nodeName, zone, deprecatedTopology } = endpoint;
    const topology = {
      ...fieldsOf(deprecatedTopology),
      ...(nodeName === undefined ? {} : { [HOST]: nodeName }),
      ...(zone === undefined ? {} : { [ZONE]: zone }),
    };
    const rest = without(endpoint, 'zone', 'deprecatedTopology');
    return isEmpty(topology) ? rest : { ...rest, topology };
  });
  return { ...object, endpoints };
}

export const legacyEndpointSlices: readonly LegacyKind[] = [
  {
    apiVersion: 'discovery.k8s.io/v1beta1',
    kind: 'EndpointSlice',
    modern: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
    toModern,
    fromModern,
  },
];
