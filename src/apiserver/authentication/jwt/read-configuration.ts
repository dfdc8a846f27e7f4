import {
  createSchemaCheck,
  decodeYaml,
  duplicate,
  invalidValue,
  isObject,
  tooMany,
  type FieldError,
  type UnknownObject,
} from '../../../apimachinery/index.ts';
import { isHealthPath } from '../health-paths.ts';
import {
  AuthenticationConfigurationError,
  type AnonymousConfiguration,
  type AuthenticationConfiguration,
  type JwtConfiguration,
} from './configuration.ts';
import { CONFIGURATION_TYPE, configurationTypes } from './configuration-types.ts';
import { loadExpressions, type Expressions } from './expressions.ts';
import { trustedIssuer, type TrustedIssuer } from './trusted-issuer.ts';

/** A configuration that was found to be right, ready to be used. */
export interface AuthenticationRules {
  readonly issuers: readonly TrustedIssuer[];
  /** Whether who shows no credentials is `system:anonymous` there; 401 otherwise. */
  readonly allowsAnonymous: (path: string) => boolean;
}

const API_VERSIONS = ['v1', 'v1beta1', 'v1alpha1'].map((version) => `apiserver.config.k8s.io/${version}`);
const KIND = 'AuthenticationConfiguration';
const MAX_ISSUERS = 64;

/** Reads YAML or JSON. Throws `AuthenticationConfigurationError`, which names every fault. */
export async function readAuthenticationConfiguration(text: string): Promise<AuthenticationRules> {
  return compileAuthentication(await decoded(text));
}

async function decoded(text: string): Promise<AuthenticationConfiguration> {
  if (text.trim() === '') throw new AuthenticationConfigurationError('empty config data');
  try {
    const { value, duplicates } = await decodeYaml(text);
    if (!isObject(value)) throw new AuthenticationConfigurationError('it is no object');
    const { value: checked, unknownFields } = createSchemaCheck(configurationTypes)(value, CONFIGURATION_TYPE);
    const faults = [
      ...typeFaults(value),
      ...duplicates.map((field) => `strict decoding error: key ${JSON.stringify(field)} is set twice`),
      ...unknownFields.map((field) => `strict decoding error: unknown field ${JSON.stringify(field)}`),
    ];
    if (faults.length > 0) throw new AuthenticationConfigurationError(faults.join('\n'));
    return checked;
  } catch (err) {
    if (err instanceof AuthenticationConfigurationError) throw err;
    throw new AuthenticationConfigurationError(err instanceof Error ? err.message : String(err), { cause: err });
  }
}

function typeFaults({ apiVersion, kind }: UnknownObject): readonly string[] {
  return [
    ...(API_VERSIONS.includes(String(apiVersion)) ? [] : [`apiVersion: must be ${API_VERSIONS[0]}`]),
    ...(kind === KIND ? [] : [`kind: must be ${KIND}`]),
  ];
}

/** Throws `AuthenticationConfigurationError`, which names every fault. */
export async function compileAuthentication({
  jwt = [],
  anonymous,
}: AuthenticationConfiguration): Promise<AuthenticationRules> {
  const faults: FieldError[] = [];
  const report = (fault: FieldError) => faults.push(fault);
  if (jwt.length > MAX_ISSUERS) report(tooMany('jwt', jwt.length, MAX_ISSUERS));
  const known = jwt.slice(0, MAX_ISSUERS);
  const expressions = known.some(hasExpression) ? await loadExpressions() : noExpressions;
  const issuers = known.map((entry, index) => trustedIssuer(entry, `jwt[${index}]`, { expressions, report }));
  for (const fault of repeated(known)) report(fault);
  for (const fault of anonymousFaults(anonymous)) report(fault);
  if (faults.length > 0) {
    throw new AuthenticationConfigurationError(faults.map(({ field, message }) => `${field}: ${message}`).join('\n'));
  }
  return { issuers, allowsAnonymous: allowsAnonymous(anonymous) };
}

/** An empty text is no expression, and all else in a configuration may be done without the language. */
function hasExpression(entry: JwtConfiguration): boolean {
  return JSON.stringify(entry).includes('xpression":"');
}

const noExpressions: Expressions = {
  compile: (expression) => {
    throw new TypeError(`the language of ${expression} is not loaded`);
  },
  readsClaim: () => false,
};

function* repeated(jwt: readonly JwtConfiguration[]): Generator<FieldError> {
  for (const name of ['url', 'discoveryURL'] as const) {
    const urls = jwt.map(({ issuer }) => issuer?.[name] ?? '');
    for (const [index, url] of urls.entries()) {
      if (url !== '' && urls.indexOf(url) < index) yield duplicate(`jwt[${index}].issuer.${name}`, url);
    }
  }
}

function* anonymousFaults(anonymous: AnonymousConfiguration | undefined): Generator<FieldError> {
  const { enabled = false, conditions = [] } = anonymous ?? {};
  if (!enabled && conditions.length > 0) {
    yield invalidValue('anonymous.conditions', conditions, 'enabled should be set to true when conditions are defined');
  }
}

function allowsAnonymous(anonymous: AnonymousConfiguration | undefined): (path: string) => boolean {
  if (anonymous === undefined) return isHealthPath;
  const { enabled = false, conditions = [] } = anonymous;
  const paths = new Set(conditions.map(({ path = '' }) => path));
  return (path) => enabled && (paths.size === 0 || paths.has(path));
}
