import type { Deployment, Service } from '../../../src/apis/index.ts';
import type { NewObject } from '../../../src/client/index.ts';

export const namespace = 'shop';

export function deployment(name: string): NewObject<Deployment> {
  const labels = { app: name };
  const containers = [{ name: 'web', image: 'registry.example/web:1.0', ports: [{ containerPort: 80 }] }];
  const spec = {
    replicas: 4,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
  };
  return { metadata: { name, namespace }, spec };
}

export function service(name: string): NewObject<Service> {
  return { metadata: { name, namespace }, spec: { selector: { app: name }, ports: [{ port: 80 }] } };
}

/** In the storage of whoever has it. */
export const keyOf = (resource: string, name: string) => `/registry/${resource}/${namespace}/${name}`;
