import { readFile } from 'node:fs/promises';
import {
  AuthenticationConfigurationError,
  compileAuthentication,
  parseTokenFile,
  readAuthenticationConfiguration,
  SIGNING_ALGORITHMS,
  type AuthenticationConfiguration,
  type AuthenticationOptions,
  type AuthenticationRules,
} from '../apiserver/index.ts';
import { systemClock, type Logger } from '../component-base/index.ts';
import type { AuthenticationSpec, OidcSpec } from '../../federation/fleet/index.ts';
import { fileChanges } from './file-changes.ts';

/** What a control plane is told of who is believed. */
export interface Authentication {
  readonly tokenFile?: string;
  readonly authentication?: AuthenticationOptions;
}

/** Throws with the name of the file, or of the flags, and every problem in it. */
export async function readAuthentication(spec: AuthenticationSpec = {}, log?: Logger): Promise<Authentication> {
  const { tokenFile, configFile, oidc } = spec;
  return {
    ...(tokenFile === undefined ? {} : { tokenFile: await readTokens(tokenFile) }),
    ...(configFile === undefined ? {} : { authentication: await readConfiguration(configFile, log) }),
    ...(oidc === undefined ? {} : { authentication: await fromFlags(oidc) }),
  };
}

async function readTokens(file: string): Promise<string> {
  const text = await contentOf(file);
  try {
    parseTokenFile(text);
    return text;
  } catch (err) {
    throw new Error(`${file}: ${err instanceof Error ? err.message : String(err)}`, { cause: err });
  }
}

async function readConfiguration(file: string, log: Logger | undefined): Promise<AuthenticationOptions> {
  const text = await contentOf(file);
  const rules = await named(file, readAuthenticationConfiguration(text));
  return {
    rules,
    source: {
      text,
      read: () => contentOf(file),
      changes: (signal) => fileChanges(file, { clock: systemClock, signal, ...(log === undefined ? {} : { log }) }),
    },
  };
}

async function fromFlags(oidc: OidcSpec): Promise<AuthenticationOptions> {
  const { issuerUrl, clientId, usernameClaim, usernamePrefix, groupsClaim, groupsPrefix = '', caFile } = oidc;
  const unknown = oidc.algorithms.find((name) => !SIGNING_ALGORITHMS.includes(name));
  if (unknown !== undefined)
    throw new Error(`--oidc-signing-algs: "${unknown}" is none of ${SIGNING_ALGORITHMS.join(', ')}`);
  const groups = groupsClaim === undefined ? {} : { groups: { claim: groupsClaim, prefix: groupsPrefix } };
  const configuration: AuthenticationConfiguration = {
    jwt: [
      {
        issuer: {
          url: issuerUrl,
          audiences: [clientId],
          ...(caFile === undefined ? {} : { certificateAuthority: await contentOf(caFile) }),
        },
        claimMappings: { username: { claim: usernameClaim, prefix: usernamePrefix }, ...groups },
        claimValidationRules: Object.entries(oidc.requiredClaims ?? {}).map(([claim, requiredValue]) => ({
          claim,
          requiredValue,
        })),
      },
    ],
  };
  return { rules: await named('the --oidc flags', compileAuthentication(configuration)), algorithms: oidc.algorithms };
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (err) {
    throw new Error(`${file} cannot be read: ${err instanceof Error ? err.message : String(err)}`, { cause: err });
  }
}

async function named(where: string, rules: Promise<AuthenticationRules>): Promise<AuthenticationRules> {
  try {
    return await rules;
  } catch (err) {
    if (!(err instanceof AuthenticationConfigurationError)) throw err;
    const faults = err.message.split('\n').map((fault) => `${where}: ${fault}`);
    throw new Error(faults.join('\n'), { cause: err });
  }
}
