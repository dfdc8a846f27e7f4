import { endpoints, services, type Endpoints, type Service } from '../../../src/apis/index.ts';
import type { ResolveService } from '../../../src/apiserver/index.ts';
import type { InformerSet } from '../../../src/controller/index.ts';

/** Where a Service can be reached from this process: at a ready endpoint, whatever ports its cluster IP could open. */
export function serviceResolver(informers: InformerSet): ResolveService {
  return (namespace, name, port) => {
    const key = `${namespace}/${name}`;
    const service = informers.of(services).lister.get(key);
    const own = service?.spec?.ports?.find((each) => each.port === port);
    if (service === undefined || own === undefined) return undefined;
    const { externalName, type } = service.spec ?? {};
    if (type === 'ExternalName' && externalName !== undefined) return { host: externalName, port };
    return readyEndpoint(informers.of(endpoints).lister.get(key), own.name) ?? clusterAddress(service, port);
  };
}

function readyEndpoint(found: Endpoints | undefined, portName = '') {
  for (const { addresses = [], ports = [] } of found?.subsets ?? []) {
    const [address] = addresses;
    const port = ports.find(({ name = '' }) => name === portName);
    if (address !== undefined && port !== undefined) return { host: address.ip, port: port.port };
  }
  return undefined;
}

function clusterAddress({ spec }: Service, port: number) {
  const { clusterIP = '' } = spec ?? {};
  return clusterIP === '' || clusterIP === 'None' ? undefined : { host: clusterIP, port };
}
