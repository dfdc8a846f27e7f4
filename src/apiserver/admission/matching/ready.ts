import { forbidden, type KubeObject } from '../../../apimachinery/index.ts';
import type { AdmissionRequest } from '../../admission.ts';
import type { Source } from './source.ts';

/**
 * Nobody slips through while it is not known yet what to ask: a request is refused until the sources were read once.
 * The server's own first writes, which make it possible to read anything, are not held up.
 */
export function checkReady(request: AdmissionRequest, sources: readonly Source<KubeObject>[]): void {
  if (sources.every(({ synced }) => synced) || request.user.groups.includes('system:masters')) return;
  throw forbidden(request.resource, request.name, 'not yet ready to handle request');
}
