import { evictionBody, pods, type Eviction, type Pod } from '../../../src/apis/index.ts';
import type { Subresource } from '../../../src/apiserver/index.ts';
import type { Client } from '../../../src/client/index.ts';
import { successStatus } from './success-status.ts';

/** `pods/eviction`: a deletion that may be refused. This server has no PodDisruptionBudgets that could. */
export function podEviction(own: () => Client): Subresource<Pod> {
  return {
    type: 'create',
    name: 'eviction',
    body: evictionBody,
    async create(body, { key, signal, dryRun }) {
      // @NOTE bodies are decoded as the kind that `body` names.
      const { deleteOptions } = body as Eviction;
      const { gracePeriodSeconds, preconditions } = deleteOptions ?? {};
      await own().delete(pods, key, {
        signal,
        dryRun,
        ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
        ...(preconditions === undefined ? {} : { preconditions }),
      });
      return successStatus({ name: key.name, kind: 'pods' });
    },
  };
}
