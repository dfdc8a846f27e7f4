import type { FieldSelector } from '../apimachinery/index.ts';
import type { UserInfo } from './resource-definition.ts';

/** Of a verified client certificate. */
export interface ProvedSubject {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly uid?: string;
  /** Which certificate it was: `X509SHA256=` and the hash of it. */
  readonly credentialId?: string;
}

/** What a request shows of who sent it. */
export interface Credentials {
  /** The verified client certificate's subject: CN is the user, each O a group. */
  readonly certificate?: ProvedSubject;
  readonly bearerToken?: string;
  /** Something else that proves nothing, as nobody can read it: what sends it is not nobody. */
  readonly isUnreadable?: boolean;
  /** Whom the token must be for, any of them; the server itself when absent. */
  readonly audiences?: readonly string[];
  /** Whom the request names as its user; to be believed only of front proxies, by their certificates. */
  readonly remoteUser?: UserInfo;
}

/** Who it is, and of a token that says so, whom it is for. */
export type AuthenticatedUser = UserInfo & {
  readonly audiences?: readonly string[];
  /** For the audit event of the request. */
  readonly auditAnnotations?: Readonly<Record<string, string>>;
};

/** `undefined`: not mine. Throws `unauthorized()` when the credential is mine and bad. */
export type Authenticator = (credentials: Credentials, signal: AbortSignal) => Promise<AuthenticatedUser | undefined>;

export interface AuthorizationAttributes {
  readonly user: UserInfo;
  /** Lower case, also `get`, `post` … for non-resource paths. */
  readonly verb: string;
  /** Absent for non-resource requests. */
  readonly resource?: {
    readonly group: string;
    readonly version: string;
    readonly plural: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
    /** Of many objects at once, which of them. */
    readonly fieldSelector?: FieldSelector;
  };
  /** For non-resource requests: `/healthz`. */
  readonly path?: string;
}

export interface AuthorizationDecision {
  readonly allowed: boolean;
  /** Why, for the 403 message and for SubjectAccessReview. */
  readonly reason?: string;
}

export type Authorizer = (attributes: AuthorizationAttributes) => Promise<AuthorizationDecision>;
