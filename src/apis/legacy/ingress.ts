import { isObject } from '../../apimachinery/index.ts';
import { changed, fieldsOf, listOf, present, type Fields } from './fields.ts';
import type { LegacyKind } from './legacy-kind.ts';

const UNSAID = 'ImplementationSpecific';

function backendToModern(backend: unknown): Fields {
  const { serviceName, servicePort, ...rest } = fieldsOf(backend);
  if (serviceName === undefined && servicePort === undefined) return rest;
  const port = typeof servicePort === 'number' ? { number: servicePort } : portOf(servicePort);
  return { ...rest, service: present({ name: serviceName, port }) };
}

/** A port that was written as a text may be a number all the same. */
function portOf(port: unknown): Fields | undefined {
  if (typeof port !== 'string') return undefined;
  return /^\d+$/.test(port) ? { number: Number(port) } : { name: port };
}

function backendFromModern(backend: unknown): Fields {
  const { service, ...rest } = fieldsOf(backend);
  if (!isObject(service)) return rest;
  const { number, name } = fieldsOf(service['port']);
  return present({ ...rest, serviceName: service['name'], servicePort: number ?? name });
}

/** The rules with every path changed. */
function withPaths(spec: Fields, change: (path: Fields) => Fields): Fields {
  if (spec['rules'] === undefined) return spec;
  const rules = listOf(spec['rules']).map((rule) =>
    changed(rule, 'http', (http) => ({ ...http, paths: listOf(http['paths']).map(change) })),
  );
  return { ...spec, rules };
}

function toModern(object: Fields): Fields {
  return changed(object, 'spec', ({ backend, ...spec }) =>
    withPaths(
      backend === undefined ? spec : { ...spec, defaultBackend: backendToModern(backend) },
      ({ backend: target, ...path }) => ({
        pathType: UNSAID,
        ...path,
        ...(target === undefined ? {} : { backend: backendToModern(target) }),
      }),
    ),
  );
}

/** What an old path means by saying nothing is left out again: it was written before there was such a field. */
function withoutOldPathType(object: Fields): Fields {
  return changed(object, 'spec', (spec) =>
    withPaths(spec, ({ pathType, ...path }) => (pathType === UNSAID ? path : present({ ...path, pathType }))),
  );
}

function fromModern(object: Fields): Fields {
  return changed(object, 'spec', ({ defaultBackend, ...spec }) =>
    withPaths(
      defaultBackend === undefined ? spec : { ...spec, backend: backendFromModern(defaultBackend) },
      ({ backend: target, ...path }) => ({
        ...path,
        ...(target === undefined ? {} : { backend: backendFromModern(target) }),
      }),
    ),
  );
}

const modern = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };

export const legacyIngresses: readonly LegacyKind[] = [
  {
    apiVersion: 'extensions/v1beta1',
    kind: 'Ingress',
    modern,
    toModern,
    fromModern: (object) => withoutOldPathType(fromModern(object)),
  },
  { apiVersion: 'networking.k8s.io/v1beta1', kind: 'Ingress', modern, toModern, fromModern },
];
