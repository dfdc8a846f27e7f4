import { invalidValue, isList, isObject, type FieldError } from '../../../src/apimachinery/index.ts';
import { podSecuritySettings } from './pod-security/configuration.ts';
import type { PodSecuritySettings } from './pod-security/settings.ts';

/** What is told to admission plugins by the file of `--admission-control-config-file`. */
export interface AdmissionConfiguration {
  readonly podSecurity?: PodSecuritySettings;
}

/** What is wrong with a configuration, a problem a line. */
export class AdmissionConfigurationError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'AdmissionConfigurationError';
  }
}

const API_VERSIONS = ['apiserver.config.k8s.io/v1', 'apiserver.k8s.io/v1alpha1'];

/**
 * Reads the YAML or JSON of an `AdmissionConfiguration`. `readOther` reads a file that it refers to. Throws an
 * `AdmissionConfigurationError`, also for plugins that take no configuration here.
 */
export async function parseAdmissionConfiguration(
  text: string,
  readOther: (path: string) => Promise<string>,
): Promise<AdmissionConfiguration> {
  const problems: FieldError[] = [];
  let podSecurity: PodSecuritySettings | undefined;
  for (const [index, plugin] of pluginsIn(await parse(text), problems).entries()) {
    const field = `plugins[${index}]`;
    const { name, configuration, path } = isObject(plugin) ? plugin : {};
    if (name !== 'PodSecurity') {
      problems.push(invalidValue(`${field}.name`, name, 'this plugin takes no configuration here'));
      continue;
    }
    const given = typeof path === 'string' && path !== '' ? await parse(await readOther(path)) : configuration;
    const own: FieldError[] = [];
    podSecurity = podSecuritySettings(given, own);
    problems.push(...own.map((problem) => ({ ...problem, field: `${field}.configuration.${problem.field}` })));
  }
  if (problems.length > 0) {
    throw new AdmissionConfigurationError(problems.map(({ field: at, message }) => `${at}: ${message}`));
  }
  return podSecurity === undefined ? {} : { podSecurity };
}

function pluginsIn(file: unknown, problems: FieldError[]): readonly unknown[] {
  const { kind, apiVersion, plugins = [] } = isObject(file) ? file : {};
  if (kind !== 'AdmissionConfiguration') problems.push(invalidValue('kind', kind, 'must be AdmissionConfiguration'));
  if (!API_VERSIONS.some((known) => known === apiVersion)) {
    problems.push(invalidValue('apiVersion', apiVersion, `must be one of ${API_VERSIONS.join(', ')}`));
  }
  if (isList(plugins)) return plugins;
  problems.push(invalidValue('plugins', plugins, 'must be a list'));
  return [];
}

async function parse(text: string): Promise<unknown> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { uniqueKeys: true });
  if (document.errors.length > 0) throw new AdmissionConfigurationError(document.errors.map(({ message }) => message));
  return document.toJS();
}
