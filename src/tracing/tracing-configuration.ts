import { decodeYaml, isObject } from '../apimachinery/index.ts';

/** Where spans go and which. */
export interface TracingConfiguration {
  /** The URL that takes OTLP over HTTP. */
  readonly url: string;
  /** Of traces that begin here. One that began elsewhere is recorded as whoever began it wants. */
  readonly samplingRatePerMillion: number;
}

const GROUP = 'apiserver.config.k8s.io';
const VERSIONS: readonly unknown[] = ['v1', 'v1beta1', 'v1alpha1'].map((version) => `${GROUP}/${version}`);
const FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'endpoint', 'samplingRatePerMillion']);
const DEFAULT_ENDPOINT = 'http://localhost:4318';
const PATH = '/v1/traces';
const MILLION = 1_000_000;

/** What is wrong with a configuration, a line each. */
export class TracingConfigurationError extends Error {
  override readonly name = 'TracingConfigurationError';
}

/** Reads a `TracingConfiguration` of `apiserver.config.k8s.io`. Throws a `TracingConfigurationError` that names every fault. */
export async function parseTracingConfiguration(text: string): Promise<TracingConfiguration> {
  let value: unknown;
  try {
    ({ value } = await decodeYaml(text));
  } catch (err) {
    throw new TracingConfigurationError(err instanceof Error ? err.message : String(err), { cause: err });
  }
  if (!isObject(value)) throw new TracingConfigurationError('it is no object');
  const { endpoint = DEFAULT_ENDPOINT, samplingRatePerMillion = 0 } = value;
  const url = urlOf(endpoint);
  const faults = [...faultsOf(value)];
  if (url === undefined) {
    faults.push('endpoint: must be the address of a collector that takes OTLP over HTTP: a URL, or host:port');
  }
  if (!isRate(samplingRatePerMillion))
    faults.push(`samplingRatePerMillion: must be a whole number from 0 to ${MILLION}`);
  if (faults.length > 0 || url === undefined || !isRate(samplingRatePerMillion)) {
    throw new TracingConfigurationError(faults.join('\n'));
  }
  return { url, samplingRatePerMillion };
}

function* faultsOf(value: Readonly<Record<string, unknown>>): Generator<string> {
  if (!VERSIONS.includes(value['apiVersion'])) yield `apiVersion: must be ${GROUP}/v1`;
  if (value['kind'] !== 'TracingConfiguration') yield 'kind: must be TracingConfiguration';
  for (const name of Object.keys(value)) if (!FIELDS.has(name)) yield `${name}: unknown field`;
}

function isRate(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MILLION;
}

/** `localhost:4318` is `http://localhost:4318/v1/traces`; a URL with a path is taken as it is. */
function urlOf(endpoint: unknown): string | undefined {
  if (typeof endpoint !== 'string') return undefined;
  const url = URL.parse(endpoint.includes('://') ? endpoint : `http://${endpoint}`);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') return undefined;
  if (url.pathname === '/') url.pathname = PATH;
  return url.href;
}
