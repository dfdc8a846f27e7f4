import { forbiddenField, invalidValue, required, type FieldError } from '../../apimachinery/index.ts';
import type { ProjectedVolumeSource, VolumeProjection } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validateDownwardFiles, validateFiles } from './volume-files-validation.ts';
import { fileModeErrors } from './volume-source-validation.ts';

const MIN_TOKEN_SECONDS = 600;
const MAX_TOKEN_SECONDS = 2 ** 32;

export function validateProjectedVolume(field: string, volume: Sent<ProjectedVolumeSource>): readonly FieldError[] {
  return [
    ...fileModeErrors(`${field}.defaultMode`, volume.defaultMode),
    ...(volume.sources ?? []).flatMap((source, index) => validateProjection(`${field}.sources[${index}]`, source)),
  ];
}

function validateProjection(field: string, source: Sent<VolumeProjection>): readonly FieldError[] {
  const given = Object.keys(source);
  const { secret, configMap, downwardAPI, serviceAccountToken } = source;
  const unnamed = (name: string, of: { readonly name?: string } | undefined) =>
    of !== undefined && (of.name ?? '') === '' ? [required(`${field}.${name}.name`)] : [];
  return [
    ...(given.length === 0 ? [required(field, 'must specify one of the volume sources')] : []),
    ...given.slice(1).map((name) => forbiddenField(`${field}.${name}`, 'may not specify more than 1 volume type')),
    ...unnamed('secret', secret),
    ...validateFiles(`${field}.secret.items`, secret?.items ?? []),
    ...unnamed('configMap', configMap),
    ...validateFiles(`${field}.configMap.items`, configMap?.items ?? []),
    ...validateDownwardFiles(`${field}.downwardAPI.items`, downwardAPI?.items ?? []),
    ...validateToken(`${field}.serviceAccountToken`, serviceAccountToken),
  ];
}

function validateToken(field: string, token: Sent<VolumeProjection>['serviceAccountToken']): readonly FieldError[] {
  if (token === undefined) return [];
  const { expirationSeconds = MIN_TOKEN_SECONDS, path = '' } = token;
  const where = `${field}.expirationSeconds`;
  return [
    ...(expirationSeconds < MIN_TOKEN_SECONDS
      ? [invalidValue(where, expirationSeconds, 'may not specify a duration less than 10 minutes')]
      : []),
    ...(expirationSeconds > MAX_TOKEN_SECONDS
      ? [invalidValue(where, expirationSeconds, 'may not specify a duration larger than 2^32 seconds')]
      : []),
    ...(path === '' ? [required(`${field}.path`)] : []),
  ];
}
