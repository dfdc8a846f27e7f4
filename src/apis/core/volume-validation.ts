import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  duplicate,
  forbiddenField,
  invalidValue,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import { invalidBy, oneOf, requiredName } from '../field-rules.ts';
import type { Volume, VolumeSource } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { csiDriverNameProblems } from './csi-driver-name.ts';
import { validateClaimSpec } from './persistent-volume-claim-validation.ts';
import { validateProjectedVolume } from './projected-volume-validation.ts';
import { quantityProblems } from './quantities.ts';
import { validateDownwardFiles, validateFiles } from './volume-files-validation.ts';
import {
  backstepErrors,
  fileModeErrors,
  HOST_PATH_TYPES,
  requiredFields,
  whenGiven,
} from './volume-source-validation.ts';

/** Fields that a source is nothing without, by source. */
const REQUIRED: Readonly<Partial<Record<keyof VolumeSource, readonly string[]>>> = {
  hostPath: ['path'],
  gcePersistentDisk: ['pdName'],
  awsElasticBlockStore: ['volumeID'],
  gitRepo: ['repository'],
  secret: ['secretName'],
  nfs: ['server', 'path'],
  iscsi: ['targetPortal', 'iqn'],
  glusterfs: ['endpoints', 'path'],
  persistentVolumeClaim: ['claimName'],
  rbd: ['monitors', 'image'],
  flexVolume: ['driver'],
  cinder: ['volumeID'],
  cephfs: ['monitors'],
  azureFile: ['secretName', 'shareName'],
  configMap: ['name'],
  vsphereVolume: ['volumePath'],
  quobyte: ['registry', 'volume'],
  azureDisk: ['diskName', 'diskURI'],
  photonPersistentDisk: ['pdID'],
  portworxVolume: ['volumeID'],
  scaleIO: ['gateway', 'system', 'volumeName'],
  storageos: ['volumeName'],
  csi: ['driver'],
  image: ['reference'],
};

export function validateVolumes(field: string, volumes: readonly Sent<Volume>[]): readonly FieldError[] {
  const names = volumes.map(({ name = '' }) => name);
  return volumes.flatMap((volume, index) => {
    const { name, ...source } = volume;
    const where = `${field}[${index}]`;
    return [
      ...requiredName(`${where}.name`, name, dnsLabelProblems),
      ...(name !== undefined && names.indexOf(name) < index ? [duplicate(`${where}.name`, name)] : []),
      ...oneSource(where, source),
      ...requiredFields(where, source, REQUIRED),
      ...validateSource(where, source),
    ];
  });
}

function oneSource(field: string, sources: object): readonly FieldError[] {
  const [first, ...others] = Object.keys(sources);
  if (first === undefined) return [required(field, 'must specify a volume type')];
  return others.map((name) => forbiddenField(`${field}.${name}`, 'may not specify more than 1 volume type'));
}

function validateSource(field: string, source: Sent<VolumeSource>): readonly FieldError[] {
  return [
    ...whenGiven(source.hostPath, ({ path, type }) => [
      ...backstepErrors(`${field}.hostPath.path`, path),
      ...oneOf(`${field}.hostPath.type`, type, HOST_PATH_TYPES),
    ]),
    ...whenGiven(source.secret, ({ defaultMode, items = [] }) => [
      ...fileModeErrors(`${field}.secret.defaultMode`, defaultMode),
      ...validateFiles(`${field}.secret.items`, items),
    ]),
    ...whenGiven(source.configMap, ({ defaultMode, items = [] }) => [
      ...fileModeErrors(`${field}.configMap.defaultMode`, defaultMode),
      ...validateFiles(`${field}.configMap.items`, items),
    ]),
    ...whenGiven(source.downwardAPI, ({ defaultMode, items = [] }) => [
      ...fileModeErrors(`${field}.downwardAPI.defaultMode`, defaultMode),
      ...validateDownwardFiles(`${field}.downwardAPI.items`, items),
    ]),
    ...whenGiven(source.projected, (projected) => validateProjectedVolume(`${field}.projected`, projected)),
    ...whenGiven(source.emptyDir?.sizeLimit, (limit) => quantityProblems(`${field}.emptyDir.sizeLimit`, limit)),
    ...whenGiven(source.nfs, ({ path = '' }) => absolutePath(`${field}.nfs.path`, path)),
    ...whenGiven(source.csi, ({ driver = '' }) => namedBy(`${field}.csi.driver`, driver, csiDriverNameProblems)),
    ...whenGiven(source.persistentVolumeClaim, ({ claimName = '' }) =>
      namedBy(`${field}.persistentVolumeClaim.claimName`, claimName, dnsSubdomainProblems),
    ),
    ...whenGiven(source.ephemeral, ({ volumeClaimTemplate }) =>
      volumeClaimTemplate === undefined
        ? [required(`${field}.ephemeral.volumeClaimTemplate`)]
        : validateClaimSpec(`${field}.ephemeral.volumeClaimTemplate.spec`, volumeClaimTemplate.spec ?? {}),
    ),
    ...whenGiven(source.image, ({ pullPolicy }) => oneOf(`${field}.image.pullPolicy`, pullPolicy, PULL_POLICIES)),
  ];
}

const PULL_POLICIES = ['', 'Always', 'IfNotPresent', 'Never'];

function absolutePath(field: string, path: string): readonly FieldError[] {
  return path === '' || path.startsWith('/') ? [] : [invalidValue(field, path, 'must be an absolute path')];
}

/** Nothing at all is another rule's business. */
function namedBy(field: string, name: string, problemsOf: (name: string) => readonly string[]): readonly FieldError[] {
  return name === '' ? [] : invalidBy(field, name, problemsOf(name));
}
