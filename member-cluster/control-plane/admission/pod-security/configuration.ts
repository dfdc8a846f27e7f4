import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  duplicate,
  invalidValue,
  isList,
  isObject,
  type FieldError,
  type UnknownObject,
} from '../../../../src/apimachinery/index.ts';
import { USUAL_SETTINGS, type PodSecuritySettings } from './settings.ts';
import { isLevel, isVersion, LEVEL_PROBLEM, MODES, VERSION_PROBLEM, type Mode, type Policy } from './standard.ts';

const API_VERSIONS = ['v1', 'v1beta1', 'v1alpha1'].map((version) => `pod-security.admission.config.k8s.io/${version}`);
const NAMES: Readonly<Record<keyof PodSecuritySettings['exemptions'], (name: string) => readonly string[]>> = {
  usernames: (name) => (name === '' ? ['username must not be empty'] : []),
  namespaces: dnsLabelProblems,
  runtimeClasses: dnsSubdomainProblems,
};

/** Reads a `PodSecurityConfiguration`; every fault is noted, by its field. */
export function podSecuritySettings(given: unknown, problems: FieldError[]): PodSecuritySettings {
  const file = objectAt('', given, problems);
  const { kind, apiVersion } = file;
  if (kind !== 'PodSecurityConfiguration')
    problems.push(invalidValue('kind', kind, 'must be PodSecurityConfiguration'));
  if (!API_VERSIONS.some((known) => known === apiVersion)) {
    problems.push(invalidValue('apiVersion', apiVersion, `must be one of ${API_VERSIONS.join(', ')}`));
  }
  checkNames(file, ['apiVersion', 'kind', 'defaults', 'exemptions'], '', problems);
  const defaults = objectAt('defaults', file['defaults'], problems);
  const exemptions = objectAt('exemptions', file['exemptions'], problems);
  checkNames(
    defaults,
    MODES.flatMap((mode) => [mode, `${mode}-version`]),
    'defaults.',
    problems,
  );
  checkNames(exemptions, Object.keys(NAMES), 'exemptions.', problems);
  return {
    defaults: {
      enforce: policyAt('enforce', defaults, problems),
      audit: policyAt('audit', defaults, problems),
      warn: policyAt('warn', defaults, problems),
    },
    exemptions: {
      usernames: namesAt('usernames', exemptions, problems),
      namespaces: namesAt('namespaces', exemptions, problems),
      runtimeClasses: namesAt('runtimeClasses', exemptions, problems),
    },
  };
}

function policyAt(mode: Mode, defaults: UnknownObject, problems: FieldError[]): Policy {
  const usual = USUAL_SETTINGS.defaults[mode];
  const { [mode]: level = usual.level, [`${mode}-version`]: version = usual.version } = defaults;
  const isKnown = typeof level === 'string' && isLevel(level);
  const isRead = typeof version === 'string' && isVersion(version);
  if (!isKnown) problems.push(invalidValue(`defaults.${mode}`, level, LEVEL_PROBLEM));
  if (!isRead) problems.push(invalidValue(`defaults.${mode}-version`, version, VERSION_PROBLEM));
  return isKnown && isRead ? { level, version } : usual;
}

function namesAt(
  what: keyof PodSecuritySettings['exemptions'],
  exemptions: UnknownObject,
  problems: FieldError[],
): readonly string[] {
  const given = exemptions[what] ?? [];
  if (!isList(given)) {
    problems.push(invalidValue(`exemptions.${what}`, given, 'must be a list'));
    return [];
  }
  const names = given.map(String);
  for (const [index, name] of names.entries()) {
    const field = `exemptions.${what}[${index}]`;
    const why = NAMES[what](name);
    if (why.length > 0) problems.push(invalidValue(field, name, why.join(', ')));
    else if (names.indexOf(name) < index) problems.push(duplicate(field, name));
  }
  return names;
}

function objectAt(field: string, given: unknown, problems: FieldError[]): UnknownObject {
  if (isObject(given)) return given;
  if (given !== undefined && given !== null) problems.push(invalidValue(field, given, 'must be an object'));
  return {};
}

function checkNames(object: UnknownObject, known: readonly string[], prefix: string, problems: FieldError[]): void {
  for (const name of Object.keys(object)) {
    if (!known.includes(name)) problems.push(invalidValue(`${prefix}${name}`, object[name], 'unknown field'));
  }
}
