/** Where a federation and the reporters in its members meet: objects in `federation-system` of each member. */
export const REPORTER_NAMESPACE = 'federation-system';

/** On what reporters and hub keep for one another, with one of the values below. */
export const REPORTER_LABEL = 'federation.koinon.dev/reporter';

export const reporterRoles = {
  /** Secret with the token of the account by which reporters of other members pass on what they saw. */
  account: 'account',
  /** Secret: what a reporter is told by its federation. */
  peers: 'peers',
  /** ConfigMap: what a reporter saw. */
  report: 'report',
} as const;

/** ServiceAccount, Role, RoleBinding and Secret alike. */
export const REPORTER_ACCOUNT = 'federation-reporter';

export function peersName(federation: string): string {
  return `federation-peers-${federation}`;
}

export function reportName(federation: string, cluster: string): string {
  return `federation-report-${federation}-${cluster}`;
}
