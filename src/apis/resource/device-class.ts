import { required, tooMany, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import type { DeviceClass } from '../generated/wire-types.ts';
import { sent } from '../sent.ts';
import { validateConfiguration, validateSelectors } from './device-request-validation.ts';

const MAX_CONFIGURATIONS = 32;

export const deviceClasses: ResourceDefinition<DeviceClass> = {
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  singular: 'deviceclass',
  namespaced: false,
  schema: 'k8s.io/api/resource/v1.DeviceClass',
  strategy: { validate },
};

function validate(object: DeviceClass): readonly FieldError[] {
  const { selectors = [], config = [], extendedResourceName } = sent(object).spec ?? {};
  return [
    ...validateSelectors('spec.selectors', selectors),
    ...(config.length > MAX_CONFIGURATIONS ? [tooMany('spec.config', config.length, MAX_CONFIGURATIONS)] : []),
    ...config.flatMap((each, index) => validateConfiguration(`spec.config[${index}]`, each)),
    ...(extendedResourceName === '' ? [required('spec.extendedResourceName')] : []),
  ];
}
