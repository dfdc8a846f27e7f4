/** `/version`. Tools read `gitVersion` as a semantic version. */
export interface VersionInfo {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
  readonly gitCommit: string;
  readonly gitTreeState: string;
  readonly buildDate: string;
  readonly goVersion: string;
  readonly compiler: string;
  readonly platform: string;
}

/** The release of Kubernetes whose API koinon speaks. */
export const DEFAULT_GIT_VERSION = 'v1.36.0+koinon';

/** As git names no commit at all: those who read it want hexadecimal digits. */
const NO_COMMIT = '0'.repeat(40);

export function versionInfo(gitVersion: string): VersionInfo {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)\./.exec(gitVersion) ?? [];
  if (major === '') throw new TypeError(`${gitVersion} is not a version such as ${DEFAULT_GIT_VERSION}`);
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return {
    major,
    minor,
    gitVersion,
    gitCommit: NO_COMMIT,
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: `node${process.versions.node}`,
    compiler: 'v8',
    platform: `${process.platform}/${architecture}`,
  };
}
