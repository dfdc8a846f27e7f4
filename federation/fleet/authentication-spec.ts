/** Who is believed beside those with certificates. Paths are absolute. */
export interface AuthenticationSpec {
  /** An `AuthenticationConfiguration`. */
  readonly configFile?: string;
  /** Lines of `token,user,uid,"group1,group2"`. */
  readonly tokenFile?: string;
  /** Never beside a configuration. */
  readonly oidc?: OidcSpec;
}

/** An OpenID Connect issuer, as flags tell of it. */
export interface OidcSpec {
  readonly issuerUrl: string;
  readonly clientId: string;
  readonly usernameClaim: string;
  readonly usernamePrefix: string;
  readonly groupsClaim?: string;
  readonly groupsPrefix?: string;
  readonly requiredClaims?: Readonly<Record<string, string>>;
  readonly caFile?: string;
  readonly algorithms: readonly string[];
}
