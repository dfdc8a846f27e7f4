import type { FleetConfig } from './config.ts';
import { providersProblem } from './dns/providers-config.ts';
import { transfersProblem } from './dns/transfers-config.ts';
import { electionProblem } from './etcd-config.ts';

/** RFC 1123. */
export const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

const SUPERVISOR = 'supervisor';

export interface FleetProblem {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** The first thing about the names of a fleet that would not work: names are contexts, log files and components alike. */
export function problemOf({ federation, clusters }: FleetConfig): FleetProblem | undefined {
  if (federation.name === SUPERVISOR)
    return problem(['federation', 'name'], SUPERVISOR, 'is what the process that keeps the fleet is called');
  const { leaderElection: timings } = federation;
  const election = timings && electionProblem(timings);
  if (election !== undefined) return { path: ['federation', 'leaderElection'], text: election };
  const dns = transfersProblem(federation.dns) ?? providersProblem(federation.dns);
  if (dns !== undefined) return { ...dns, path: ['federation', 'dns', ...dns.path] };
  const uses = new Map([
    [SUPERVISOR, 'is what the process that keeps the fleet is called'],
    [federation.name, 'is the name of the federation'],
    [federation.context, "is the federation's kubeconfig context"],
  ]);
  for (const [index, { name, region, zones }] of clusters.entries()) {
    const used = uses.get(name);
    if (used !== undefined) return problem(['clusters', index, 'name'], name, used);
    uses.set(name, 'is there twice');
    const labels = [['name', name], ['region', region], ...zones.map((zone) => ['zone', zone] as const)] as const;
    const bad = labels.find(([, value]) => !LABEL.test(value));
    if (bad !== undefined) return problem(['clusters', index, bad[0]], bad[1], 'is no lower-case RFC 1123 label');
  }
  return undefined;
}

function problem(path: FleetProblem['path'], name: string, why: string): FleetProblem {
  return { path, text: `${JSON.stringify(name)} ${why}` };
}
