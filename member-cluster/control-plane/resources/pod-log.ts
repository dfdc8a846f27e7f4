import { badRequest } from '../../../src/apimachinery/index.ts';
import type { Pod } from '../../../src/apis/index.ts';
import type { Subresource } from '../../../src/apiserver/index.ts';
import type { PodLogOptions } from '../../kubelet/index.ts';
import { kubeletOf, type KubeletFinderDeps } from './pod-connect.ts';

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
      const options = { ...logOptions(query), signal };
      const { runner, podKey } = await kubeletOf(deps, key, signal);
      const body = await runner.logs(podKey, options);
      return { type: 'text', contentType: 'text/plain', body };
    },
  };
}

function logOptions(query: URLSearchParams): Omit<PodLogOptions, 'signal'> {
  for (const name of query.keys()) {
    if (!PARAMETERS.has(name)) throw badRequest(`logs cannot be selected by ${name}`);
  }
  const container = query.get('container');
  const sinceTime = query.get('sinceTime');
  return {
    ...(container === null ? {} : { container }),
    ...(sinceTime === null ? {} : { sinceTime }),
    ...whole(query, 'tailLines'),
    ...whole(query, 'limitBytes'),
    ...whole(query, 'sinceSeconds'),
    ...yes(query, 'follow'),
    ...yes(query, 'previous'),
    ...yes(query, 'timestamps'),
  };
}

function whole<Name extends string>(query: URLSearchParams, name: Name): Partial<Record<Name, number>> {
  const text = query.get(name);
  if (text === null) return {};
  if (!/^\d+$/.test(text)) throw badRequest(`${name}: not a whole number that is not negative: ${text}`);
  // @NOTE a computed key widens to string; there is exactly this one.
  return { [name]: Number(text) } as Record<Name, number>;
}

function yes<Name extends string>(query: URLSearchParams, name: Name): Partial<Record<Name, boolean>> {
  const text = query.get(name);
  if (text === null) return {};
  // @NOTE a computed key widens to string; there is exactly this one.
  return { [name]: text === 'true' || text === '1' || text === '' } as Record<Name, boolean>;
}
