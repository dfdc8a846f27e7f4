import type { DeviceRequest, ExactDeviceRequest, ResourceClaimSpec } from '../generated/wire-types.ts';

type Counted = Pick<ExactDeviceRequest, 'allocationMode' | 'count'>;

/** Unless it says, a request is for one device. */
export function claimSpecDefaults(spec: ResourceClaimSpec): ResourceClaimSpec {
  const requests = spec.devices?.requests;
  if (requests === undefined) return spec;
  return { ...spec, devices: { ...spec.devices, requests: requests.map(requestDefaults) } };
}

function requestDefaults(request: DeviceRequest): DeviceRequest {
  const { exactly, firstAvailable } = request;
  return {
    ...request,
    ...(exactly === undefined ? {} : { exactly: withCount(exactly) }),
    ...(firstAvailable === undefined ? {} : { firstAvailable: firstAvailable.map(withCount) }),
  };
}

function withCount<R extends Counted>(request: R): R {
  const { allocationMode = 'ExactCount', count = 0 } = request;
  return { ...request, allocationMode, ...(allocationMode === 'ExactCount' ? { count: count === 0 ? 1 : count } : {}) };
}
