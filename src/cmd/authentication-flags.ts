import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { AuthenticationSpec, OidcSpec } from '../../federation/fleet/index.ts';
import { UsageError } from './exit.ts';

/** Who is believed beside those with certificates. Flags are named as those of kube-apiserver. */
export interface AuthenticationFlags {
  readonly authenticationConfig?: string;
  readonly tokenAuthFile?: string;
  readonly oidcIssuerUrl?: string;
  readonly oidcClientId?: string;
  readonly oidcUsernameClaim?: string;
  readonly oidcUsernamePrefix?: string;
  readonly oidcGroupsClaim?: string;
  readonly oidcGroupsPrefix?: string;
  readonly oidcRequiredClaim?: Readonly<Record<string, string>>;
  readonly oidcCaFile?: string;
  /** By commas. */
  readonly oidcSigningAlgs?: string;
}

export function addAuthenticationFlags(command: Command): Command {
  return command
    .option('--authentication-config <file>', 'whose tokens are believed (docs/reference/authentication.md)')
    .option('--token-auth-file <file>', 'users by bearer tokens: lines of token,user,uid,"group1,group2"')
    .option('--oidc-issuer-url <url>', 'an OpenID Connect issuer whose tokens are believed, https://…')
    .option('--oidc-client-id <id>', 'whom its tokens must be for')
    .option('--oidc-username-claim <claim>', 'the claim that is the user name (default sub)')
    .option('--oidc-username-prefix <prefix>', 'stands before user names; "-" for none (default the issuer and "#")')
    .option('--oidc-groups-claim <claim>', 'the claim that has the groups')
    .option('--oidc-groups-prefix <prefix>', 'stands before the names of groups')
    .addOption(
      new Option('--oidc-required-claim <key=value>', 'a claim that must be there; may be given again').argParser(
        requiredClaim,
      ),
    )
    .option('--oidc-ca-file <file>', 'PEM of who signed the certificate of the issuer')
    .option('--oidc-signing-algs <names>', 'how tokens may be signed, by commas (default RS256)');
}

function requiredClaim(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must look like claim=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** What flags say, over what a fleet file says. Throws `UsageError` when they contradict each other. */
export function authenticationOf(
  flags: AuthenticationFlags,
  file: AuthenticationSpec = {},
): { readonly authentication?: AuthenticationSpec } {
  const { authenticationConfig: configFile, tokenAuthFile: tokenFile } = flags;
  const oidc = oidcOf(flags);
  const spec = {
    ...file,
    ...(configFile === undefined ? {} : { configFile: resolve(configFile) }),
    ...(tokenFile === undefined ? {} : { tokenFile: resolve(tokenFile) }),
    ...(oidc === undefined ? {} : { oidc }),
  };
  if (spec.configFile !== undefined && oidc !== undefined) {
    throw new UsageError('--authentication-config and --oidc-… flags are mutually exclusive');
  }
  return Object.keys(spec).length === 0 ? {} : { authentication: spec };
}

function oidcOf(flags: AuthenticationFlags): OidcSpec | undefined {
  const given = Object.entries(flags).some(([name, value]) => name.startsWith('oidc') && value !== undefined);
  if (!given) return undefined;
  const { oidcIssuerUrl: issuerUrl, oidcClientId: clientId, oidcUsernameClaim: usernameClaim = 'sub' } = flags;
  if (issuerUrl === undefined || clientId === undefined) {
    throw new UsageError('--oidc-issuer-url and --oidc-client-id go together, and any other --oidc-… flag needs both');
  }
  const { oidcCaFile: caFile, oidcGroupsClaim: groupsClaim, oidcRequiredClaim: requiredClaims } = flags;
  return {
    issuerUrl,
    clientId,
    usernameClaim,
    usernamePrefix: usernamePrefix(flags.oidcUsernamePrefix ?? '', usernameClaim, issuerUrl),
    ...(groupsClaim === undefined ? {} : { groupsClaim, groupsPrefix: flags.oidcGroupsPrefix ?? '' }),
    ...(requiredClaims === undefined ? {} : { requiredClaims }),
    ...(caFile === undefined ? {} : { caFile: resolve(caFile) }),
    algorithms: (flags.oidcSigningAlgs ?? 'RS256').split(','),
  };
}

/** Only addresses are unique among issuers; other names get the issuer's before them unless `-` says not to. */
function usernamePrefix(prefix: string, claim: string, issuerUrl: string): string {
  if (prefix === '-') return '';
  return prefix === '' && claim !== 'email' ? `${issuerUrl}#` : prefix;
}
