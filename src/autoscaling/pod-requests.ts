import { parseQuantity, quantityToMillis } from '../apimachinery/index.ts';
import type { Pod } from '../apis/index.ts';
import { NoProposal } from './no-proposal.ts';

/** What each pod, or its container of this name, asks for: thousandths, by the names of pods. */
export function podRequests(
  pods: readonly Pod[],
  resource: string,
  container: string | undefined,
): ReadonlyMap<string, number> {
  return new Map(pods.map((pod) => [pod.metadata.name ?? '', requestOf(pod, resource, container)]));
}

function requestOf({ metadata, spec }: Pod, resource: string, only: string | undefined): number {
  const whole = spec?.resources?.requests?.[resource];
  if (only === undefined && whole !== undefined) return quantityToMillis(parseQuantity(whole));
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...(spec?.containers ?? []), ...sidecars]
    .filter(({ name }) => only === undefined || name === only)
    .map(({ name, resources }) => {
      const request = resources?.requests?.[resource];
      if (request !== undefined) return quantityToMillis(parseQuantity(request));
      throw new NoProposal(`missing request for ${resource} in container ${name} of Pod ${metadata.name ?? ''}`);
    })
    .reduce((sum, request) => sum + request, 0);
}
