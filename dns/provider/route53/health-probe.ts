import type { HealthCheckConfig } from '@aws-sdk/client-route-53';
import type { ProviderSettings } from '../config/provider-settings.ts';

/** How it is found out whether an address is well. */
export interface HealthProbe {
  readonly type: 'TCP' | 'HTTP' | 'HTTPS';
  readonly port: number;
  /** Only of HTTP and HTTPS. */
  readonly path?: string;
}

const PROBE = /^(TCP|HTTP|HTTPS):(\d{1,5})(\/[\x21-\x7e]*)?$/;
const INTERVAL_SECONDS = 30;
const FAILURES = 3;

/** `healthCheck`: `TCP:443`, `HTTP:80/healthz` and the like; none when absent. Throws `ProviderConfigError`. */
export function parseHealthProbe(settings: ProviderSettings): HealthProbe | undefined {
  const text = settings.text('healthCheck');
  if (text === undefined) return undefined;
  const [, type, port = '', path] = PROBE.exec(text) ?? [];
  const isPort = Number(port) >= 1 && Number(port) <= 0xffff;
  if (type === 'TCP' && isPort && path === undefined) return { type, port: Number(port) };
  if ((type === 'HTTP' || type === 'HTTPS') && isPort) return { type, port: Number(port), path: path ?? '/' };
  throw settings.problem('healthCheck', 'is not like TCP:443 or HTTP:80/healthz');
}

export function checkOf(address: string, { type, port, path }: HealthProbe): HealthCheckConfig {
  return {
    IPAddress: address,
    Port: port,
    Type: type,
    RequestInterval: INTERVAL_SECONDS,
    FailureThreshold: FAILURES,
    ...(path === undefined ? {} : { ResourcePath: path }),
  };
}

/** Well while one of the others is. */
export const checkOfAny = (children: readonly string[]): HealthCheckConfig => ({
  Type: 'CALCULATED',
  ChildHealthChecks: [...children],
  HealthThreshold: 1,
});
