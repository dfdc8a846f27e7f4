import type { APIServiceSpec, Service } from '../apis/index.ts';
import type { ResolveService } from '../apiserver/index.ts';
import type { Lister } from '../controller/index.ts';

/** Whether a remote API can be used, as a condition says it. */
export interface Availability {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

export interface PlaceDeps {
  readonly services: Lister<Service>;
  /** Absent where Services cannot be reached. */
  readonly resolveService?: ResolveService;
}

export interface Place {
  readonly host: string;
  readonly port: number;
}

export const LOCAL: Availability = {
  status: 'True',
  reason: 'Local',
  message: 'Local APIServices are always available',
};
export const PASSED: Availability = { status: 'True', reason: 'Passed', message: 'all checks passed' };

const HTTPS = 443;

/** Where the Service of a remote API is, or why it is nowhere; in the words of upstream. */
export function placeOf(spec: APIServiceSpec, { services, resolveService }: PlaceDeps): Place | Availability {
  const { namespace = '', name = '', port = HTTPS } = spec.service ?? {};
  const called = `service/${name} in ${JSON.stringify(namespace)}`;
  if (resolveService === undefined) {
    return unavailable(
      'ServiceAccessError',
      `${called} cannot be reached: this control plane has no network of Services`,
    );
  }
  const service = services.get(`${namespace}/${name}`);
  if (service === undefined) return unavailable('ServiceNotFound', `${called} is not present`);
  const own = service.spec?.ports?.find((each) => each.port === port);
  if (own === undefined) return unavailable('ServicePortError', `${called} is not listening on port ${port}`);
  const place = resolveService(namespace, name, port);
  if (place !== undefined) return place;
  const portName = JSON.stringify(own.name ?? '');
  return unavailable('MissingEndpoints', `endpoints for ${called} have no addresses with port name ${portName}`);
}

export function failedCheck(url: string, err: unknown): Availability {
  const why = err instanceof Error ? err.message : String(err);
  return unavailable('FailedDiscoveryCheck', `failing or missing response from ${url}: ${why}`);
}

export function isPlace(place: Place | Availability): place is Place {
  return 'host' in place;
}

function unavailable(reason: string, message: string): Availability {
  return { status: 'False', reason, message };
}
