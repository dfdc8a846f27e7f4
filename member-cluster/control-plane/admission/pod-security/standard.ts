import { invalidValue, type FieldError } from '../../../../src/apimachinery/index.ts';
import { baselineChecks } from './baseline.ts';
import type { Check, Violation } from './check.ts';
import { restrictedChecks } from './restricted.ts';
import type { ObjectMeta, PodSpec } from './shapes.ts';

export type Mode = 'enforce' | 'audit' | 'warn';
export type Level = 'privileged' | 'baseline' | 'restricted';

export interface Policy {
  readonly level: Level;
  /** `latest` or `v1.N`. */
  readonly version: string;
}

const LEVELS: readonly Level[] = ['privileged', 'baseline', 'restricted'];
export const MODES: readonly Mode[] = ['enforce', 'audit', 'warn'];
const PREFIX = 'pod-security.kubernetes.io/';
const VERSION = /^v1\.(0|[1-9]\d{0,3})$/;
export const LEVEL_PROBLEM = `must be one of ${LEVELS.join(', ')}`;
export const VERSION_PROBLEM = 'must be "latest" or "v1.x"';

export function isLevel(text: string): text is Level {
  return LEVELS.some((level) => level === text);
}

export function isVersion(text: string): boolean {
  return text === 'latest' || VERSION.test(text);
}

/** What a namespace demands; the default of those who are silent, the most of those who cannot be understood. */
export function policyOf({ labels = {} }: ObjectMeta, mode: Mode, defaults: Policy): Policy {
  const level = labels[`${PREFIX}${mode}`] ?? defaults.level;
  const version = labels[`${PREFIX}${mode}-version`] ?? defaults.version;
  return {
    level: isLevel(level) ? level : mode === 'enforce' ? 'restricted' : 'privileged',
    version: VERSION.test(version) ? version : 'latest',
  };
}

/** Whether a namespace says anything of a mode itself. */
export function saysOf({ labels = {} }: ObjectMeta, mode: Mode): boolean {
  return `${PREFIX}${mode}` in labels || `${PREFIX}${mode}-version` in labels;
}

export function labelProblems({ labels = {} }: ObjectMeta): readonly FieldError[] {
  return MODES.flatMap((mode) => {
    const [level, version] = [labels[`${PREFIX}${mode}`], labels[`${PREFIX}${mode}-version`]];
    const field = (name: string) => `metadata.labels[${PREFIX}${name}]`;
    return [
      ...(level === undefined || isLevel(level) ? [] : [invalidValue(field(mode), level, LEVEL_PROBLEM)]),
      ...(version === undefined || isVersion(version)
        ? []
        : [invalidValue(field(`${mode}-version`), version, VERSION_PROBLEM)]),
    ];
  });
}

export function policyText({ level, version }: Policy): string {
  return JSON.stringify(`${level}:${version}`);
}

/** What of the pod the policy does not allow. */
export function violations(
  policy: Policy,
  { metadata, spec }: { readonly metadata: ObjectMeta; readonly spec: PodSpec },
): readonly Violation[] {
  const containers = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
  const minor = Number(VERSION.exec(policy.version)?.[1] ?? Infinity);
  const pod = { metadata, spec, containers, minor };
  return checksOf(policy.level, minor).flatMap((check) => check.find(pod) ?? []);
}

function checksOf(level: Level, minor: number): readonly Check[] {
  const isThere = ({ since = 0 }: Check) => since <= minor;
  switch (level) {
    case 'privileged':
      return [];
    case 'baseline':
      return baselineChecks.filter(isThere);
    case 'restricted': {
      const own = restrictedChecks.filter(isThere);
      const replaced = new Set(own.map(({ replaces }) => replaces));
      return [...baselineChecks.filter((check) => isThere(check) && !replaced.has(check.id)), ...own];
    }
  }
}

export function detailsText(found: readonly Violation[]): string {
  return found.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');
}

export function reasonsText(found: readonly Violation[]): string {
  return found.map(({ reason }) => reason).join(', ');
}
