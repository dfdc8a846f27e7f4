import { forbiddenField, invalidValue, notFoundValue, required, type FieldError } from '../../apimachinery/index.ts';
import { broken, oneOf } from '../field-rules.ts';
import type { Container, Volume, VolumeDevice, VolumeMount } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { backstepErrors, localPathErrors } from './volume-source-validation.ts';

export type VolumesByName = ReadonlyMap<string, Sent<Volume>>;

/** What of the pod's volumes a container sees as files, and what as devices. */
export function validateMounts(
  field: string,
  container: Sent<Container>,
  volumes: VolumesByName,
): readonly FieldError[] {
  const { volumeMounts = [], volumeDevices = [] } = container;
  const paths = volumeMounts.map(({ mountPath = '' }) => mountPath);
  const devices = new Set(volumeDevices.map(({ devicePath = '' }) => devicePath));
  return [
    ...volumeMounts.flatMap((mount, index) => {
      const where = `${field}.volumeMounts[${index}]`;
      const { mountPath = '' } = mount;
      return [
        ...validateMount(where, mount, volumes),
        ...broken(
          [paths.indexOf(mountPath) < index, invalidValue(`${where}.mountPath`, mountPath, 'must be unique')],
          [
            devices.has(mountPath),
            invalidValue(`${where}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'),
          ],
        ),
        ...validatePropagation(where, mount, container),
      ];
    }),
    ...validateDevices(`${field}.volumeDevices`, container, volumes),
  ];
}

function validateMount(field: string, mount: Sent<VolumeMount>, volumes: VolumesByName): readonly FieldError[] {
  const { name = '', mountPath = '', subPath = '' } = mount;
  return [
    ...(name === '' ? [required(`${field}.name`)] : []),
    ...(volumes.has(name) ? [] : [notFoundValue(`${field}.name`, name)]),
    ...(mountPath === '' ? [required(`${field}.mountPath`)] : []),
    ...(subPath === '' ? [] : localPathErrors(`${field}.subPath`, subPath)),
    ...validateSubPathExpression(`${field}.subPathExpr`, mount),
  ];
}

function validateSubPathExpression(
  field: string,
  { subPath = '', subPathExpr = '' }: Sent<VolumeMount>,
): readonly FieldError[] {
  if (subPathExpr === '') return [];
  return [
    ...(subPath === '' ? [] : [invalidValue(field, subPathExpr, 'subPathExpr and subPath are mutually exclusive')]),
    ...localPathErrors(field, subPathExpr),
  ];
}

function validatePropagation(
  field: string,
  { mountPropagation }: Sent<VolumeMount>,
  { securityContext }: Sent<Container>,
): readonly FieldError[] {
  const isRefused = mountPropagation === 'Bidirectional' && securityContext?.privileged !== true;
  const why = 'Bidirectional mount propagation is available only to privileged containers';
  return [
    ...oneOf(`${field}.mountPropagation`, mountPropagation, ['Bidirectional', 'HostToContainer', 'None']),
    ...(isRefused ? [forbiddenField(`${field}.mountPropagation`, why)] : []),
  ];
}

function validateDevices(
  field: string,
  { volumeMounts = [], volumeDevices = [] }: Sent<Container>,
  volumes: VolumesByName,
): readonly FieldError[] {
  const paths = volumeDevices.map(({ devicePath = '' }) => devicePath);
  const names = volumeDevices.map(({ name = '' }) => name);
  const mounted = new Set(volumeMounts.map(({ name = '' }) => name));
  return volumeDevices.flatMap((device, index) => {
    const where = `${field}[${index}]`;
    const { name = '', devicePath = '' } = device;
    return [
      ...validateDevice(where, device, volumes),
      ...broken(
        [paths.indexOf(devicePath) < index, invalidValue(`${where}.devicePath`, devicePath, 'must be unique')],
        [names.indexOf(name) < index, invalidValue(`${where}.name`, name, 'must be unique')],
        [mounted.has(name), invalidValue(`${where}.name`, name, 'must not already exist in volumeMounts')],
      ),
    ];
  });
}

function validateDevice(
  field: string,
  { name = '', devicePath = '' }: Sent<VolumeDevice>,
  volumes: VolumesByName,
): readonly FieldError[] {
  const volume = volumes.get(name);
  const isClaim = volume?.persistentVolumeClaim !== undefined || volume?.ephemeral !== undefined;
  const why = 'can not use volume source type other than PersistentVolumeClaim for block mode';
  return [
    ...(name === '' ? [required(`${field}.name`)] : []),
    ...(volume === undefined ? [notFoundValue(`${field}.name`, name)] : []),
    ...(volume !== undefined && !isClaim ? [invalidValue(`${field}.name`, name, why)] : []),
    ...(devicePath === '' ? [required(`${field}.devicePath`)] : backstepErrors(`${field}.devicePath`, devicePath)),
  ];
}
