/** `apiserver.config.k8s.io/v1 AuthenticationConfiguration`, as it is written. */
export interface AuthenticationConfiguration {
  readonly jwt?: readonly JwtConfiguration[];
  /** Anonymous requests are let through to authorization at paths of health only when absent. */
  readonly anonymous?: AnonymousConfiguration;
}

export interface AnonymousConfiguration {
  readonly enabled?: boolean;
  /** The only paths at which they are; all when there are none. */
  readonly conditions?: readonly { readonly path?: string }[];
}

/** An issuer of tokens, and whom its tokens speak of. */
export interface JwtConfiguration {
  readonly issuer?: IssuerConfiguration;
  readonly claimValidationRules?: readonly ClaimRule[];
  readonly claimMappings?: ClaimMappings;
  readonly userValidationRules?: readonly ExpressionRule[];
}

export interface IssuerConfiguration {
  readonly url?: string;
  readonly discoveryURL?: string;
  /** PEM; what the system trusts when absent. */
  readonly certificateAuthority?: string;
  readonly audiences?: readonly string[];
  readonly audienceMatchPolicy?: string;
  readonly egressSelectorType?: string;
}

export interface ClaimMappings {
  readonly username?: PrefixedClaim;
  readonly groups?: PrefixedClaim;
  readonly uid?: ClaimOrExpression;
  readonly extra?: readonly { readonly key?: string; readonly valueExpression?: string }[];
}

export interface ClaimOrExpression {
  readonly claim?: string;
  readonly expression?: string;
}

export interface PrefixedClaim extends ClaimOrExpression {
  readonly prefix?: string;
}

export interface ExpressionRule {
  readonly expression?: string;
  readonly message?: string;
}

/** Either a claim and its value, or an expression. */
export interface ClaimRule extends ExpressionRule {
  readonly claim?: string;
  readonly requiredValue?: string;
}

/** What is wrong with a configuration, a fault a line, each with its field. */
export class AuthenticationConfigurationError extends Error {
  override readonly name = 'AuthenticationConfigurationError';
}
