/** What joining notes, and where. The first two are the original's, whose spelling the first keeps. */
export const bookkeeping = {
  /** On the Cluster: the account in the member. */
  serviceAccount: 'federation.kubernetes.io/servive-account-name',
  clusterRole: 'federation.kubernetes.io/cluster-role-name',
  memberNamespace: 'federation.koinon.dev/member-namespace',
  /** On the Cluster: the uid of the member's `kube-system`, which tells clusters apart whatever they are called. */
  clusterUid: 'federation.koinon.dev/cluster-uid',
  /** Label of the account in the member: the name of the federation. */
  joinedTo: 'federation.koinon.dev/joined-to',
  /** On the account in the member: the uid of the federation's `federation-system`. */
  federationUid: 'federation.koinon.dev/federation-uid',
  /** On the account's namespace in the member: joining made it, and unjoining takes it away when nobody else is in it. */
  madeByJoin: 'federation.koinon.dev/made-by-join',
  /** Label of Secrets in the member: the account whose token they hold. */
  account: 'federation.koinon.dev/account',
  /** On the Secret in the federation: the Cluster whose credentials it holds. */
  cluster: 'federation.koinon.dev/cluster',
  /** On that Secret, of a token that the federation renews: for how long it asks each time, and when the present one began and ends. */
  tokenSeconds: 'federation.koinon.dev/token-seconds',
  tokenIssued: 'federation.koinon.dev/token-issued',
  tokenExpires: 'federation.koinon.dev/token-expires',
} as const;
