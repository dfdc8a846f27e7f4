import type { DownwardAPIVolumeFile, Volume, VolumeProjection } from '../generated/wire-types.ts';
import { claimSpecDefaults } from './claim-defaults.ts';

const FILE_MODE = 0o644;
const READABLE = { defaultMode: FILE_MODE };

/** What sources get that need no look inside, by source. */
const PLAIN = {
  secret: READABLE,
  configMap: READABLE,
  hostPath: { type: '' },
  iscsi: { iscsiInterface: 'default' },
  rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
  azureDisk: { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' },
  scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs' },
} as const;

export function volumeDefaults(volume: Volume): Volume {
  const { name, ...source } = volume;
  if (Object.keys(source).length === 0) return { name, emptyDir: {} };
  return { ...volume, ...plainDefaults(volume), ...nestedDefaults(volume) };
}

function plainDefaults(volume: Volume): Partial<Volume> {
  const filled = Object.entries(PLAIN).flatMap(([name, defaults]) => {
    // @NOTE the keys of PLAIN are sources.
    const source = volume[name as keyof typeof PLAIN];
    return source === undefined ? [] : [[name, { ...defaults, ...source }] as const];
  });
  return Object.fromEntries(filled);
}

function nestedDefaults({ downwardAPI, projected, ephemeral, image }: Volume): Partial<Volume> {
  const template = ephemeral?.volumeClaimTemplate;
  return {
    ...(downwardAPI === undefined ? {} : { downwardAPI: { ...READABLE, ...withFiles(downwardAPI) } }),
    ...(projected === undefined ? {} : { projected: projectedDefaults(projected) }),
    ...(template === undefined
      ? {}
      : { ephemeral: { volumeClaimTemplate: { ...template, spec: claimSpecDefaults(template.spec) } } }),
    ...(image === undefined ? {} : { image: { pullPolicy: imagePullPolicy(image.reference ?? ''), ...image } }),
  };
}

function imagePullPolicy(reference: string): string {
  return /:latest$/.test(reference) || !/:[^/]*$|@/.test(reference) ? 'Always' : 'IfNotPresent';
}

function withFiles<S extends { readonly items?: readonly DownwardAPIVolumeFile[] }>(source: S): S {
  const { items } = source;
  return items === undefined ? source : { ...source, items: items.map(fileDefaults) };
}

function fileDefaults(file: DownwardAPIVolumeFile): DownwardAPIVolumeFile {
  const { fieldRef } = file;
  return fieldRef === undefined ? file : { ...file, fieldRef: { apiVersion: 'v1', ...fieldRef } };
}

const TOKEN_SECONDS = 3600;

function projectedDefaults(projected: NonNullable<Volume['projected']>): NonNullable<Volume['projected']> {
  return { ...READABLE, ...projected, sources: (projected.sources ?? []).map(projectionDefaults) };
}

function projectionDefaults(source: VolumeProjection): VolumeProjection {
  const { serviceAccountToken, downwardAPI } = source;
  return {
    ...source,
    ...(downwardAPI === undefined ? {} : { downwardAPI: withFiles(downwardAPI) }),
    ...(serviceAccountToken === undefined
      ? {}
      : { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, ...serviceAccountToken } }),
  };
}
