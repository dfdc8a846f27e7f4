import type { KubeObject, StatusDetails } from '../../../src/apimachinery/index.ts';

/** What a subresource answers that has done something and has nothing to show. */
export function successStatus(details: StatusDetails): KubeObject {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details, code: 201 };
  return status;
}
