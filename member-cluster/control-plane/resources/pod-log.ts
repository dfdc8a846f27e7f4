import { badRequest, forbiddenField, invalid, invalidValue, type FieldError } from '../../../src/apimachinery/index.ts';
import type { Pod } from '../../../src/apis/index.ts';
import type { Subresource } from '../../../src/apiserver/index.ts';
import type { PodLogOptions } from '../../kubelet/index.ts';
import { assignedKubelet, type KubeletFinderDeps } from './pod-connect.ts';

const PARAMETERS: ReadonlySet<string> = new Set([
  'container',
  'follow',
  'limitBytes',
  'previous',
  'sinceSeconds',
  'sinceTime',
  'tailLines',
  'timestamps',
  // About the rendering, and about a connection between machines that is none here.
  'pretty',
  'insecureSkipTLSVerifyBackend',
]);

/** `pods/log`: what a container wrote, asked of the kubelet that runs it. */
export function podLog(deps: KubeletFinderDeps): Subresource<Pod> {
  return {
    type: 'connect',
    name: 'log',
    queryType: 'PodLogOptions',
    async connect({ key, query, signal }) {
      const options = { ...logOptions(query, key.name), signal };
      const found = await assignedKubelet(deps, key, signal, query);
      // Nothing was written where nothing runs yet.
      if (found === undefined) return { type: 'reply', status: 204, contentType: 'text/plain', body: '' };
      const body = await found.runner.logs(found.podKey, options);
      return { type: 'text', contentType: 'text/plain', body };
    },
  };
}

function logOptions(query: URLSearchParams, pod: string): Omit<PodLogOptions, 'signal'> {
  for (const name of query.keys()) {
    if (!PARAMETERS.has(name)) throw badRequest(`logs cannot be selected by ${name}`);
  }
  const container = query.get('container');
  const sinceTime = query.get('sinceTime');
  const numbers = { ...whole(query, 'tailLines'), ...whole(query, 'limitBytes'), ...whole(query, 'sinceSeconds') };
  const errors = logErrors({ ...numbers, hasSinceTime: sinceTime !== null });
  if (errors.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, pod, errors);
  return {
    ...(container === null ? {} : { container }),
    ...(sinceTime === null ? {} : { sinceTime }),
    ...numbers,
    ...yes(query, 'follow'),
    ...yes(query, 'previous'),
    ...yes(query, 'timestamps'),
  };
}

interface Limits {
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly sinceSeconds?: number;
  readonly hasSinceTime: boolean;
}

function logErrors({ tailLines = 0, limitBytes = 1, sinceSeconds, hasSinceTime }: Limits): readonly FieldError[] {
  const since =
    sinceSeconds !== undefined && hasSinceTime
      ? [forbiddenField('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified')]
      : positive('sinceSeconds', sinceSeconds ?? 1);
  const tail = tailLines < 0 ? [invalidValue('tailLines', tailLines, 'must be greater than or equal to 0')] : [];
  return [...tail, ...positive('limitBytes', limitBytes), ...since];
}

function positive(field: string, value: number): readonly FieldError[] {
  return value > 0 ? [] : [invalidValue(field, value, 'must be greater than 0')];
}

function whole<Name extends string>(query: URLSearchParams, name: Name): Partial<Record<Name, number>> {
  const text = query.get(name);
  if (text === null) return {};
  if (!/^[+-]?\d+$/.test(text))
    throw badRequest(`${name}: strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  // @NOTE a computed key widens to string; there is exactly this one.
  return { [name]: Number(text) } as Record<Name, number>;
}

function yes<Name extends string>(query: URLSearchParams, name: Name): Partial<Record<Name, boolean>> {
  const text = query.get(name);
  if (text === null) return {};
  // @NOTE a computed key widens to string; there is exactly this one.
  return { [name]: text === 'true' || text === '1' || text === '' } as Record<Name, boolean>;
}
