import { canListen, type FleetConfig } from '../../federation/fleet/index.ts';
import { ownName } from './environment.ts';

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Prints what a user may want to type now that the fleet runs. */
export async function nextCommands({ federation, clusters }: FleetConfig): Promise<void> {
  const { name, domain, context, dns } = federation;
  const nodes = clusters.reduce((sum, cluster) => sum + cluster.nodes, 0);
  const lines = [
    '',
    `The federation ${name} is ready: ${counted(clusters.length, 'cluster')}, ${counted(nodes, 'node')}. Next:`,
    '',
    `  kubectl --context=${context} get clusters`,
    `  kubectl --context=${context} create -f examples/nginx-service.yaml`,
    `  kubectl --context=${clusters[0]?.name ?? ''} get services`,
    `  dig @${dns.host} -p ${dns.port} nginx.${federation.namespace}.${name}.svc.${domain}`,
    '',
    `  ${ownName()} status        ${ownName()} logs ${name}        ${ownName()} down`,
  ];
  if (!(await mayListen('127.0.0.1', LOW_PORT))) lines.push('', LOW_PORTS_MOVED);
  console.log(lines.join('\n'));
}

/** Nobody's: what stands in the way of listening there can only be a missing right. */
const LOW_PORT = 1;

const LOW_PORTS_MOVED =
  'This user may not open ports below 1024: those of Services are 10000 higher, 80 is at 10080, and the Service has an\n' +
  'Event that says so. To have them: sudo sysctl net.ipv4.ip_unprivileged_port_start=53';

async function mayListen(host: string, port: number): Promise<boolean> {
  try {
    await canListen(host, port);
    return true;
  } catch (err) {
    if (err instanceof Error && 'code' in err && err.code === 'EACCES') return false;
    throw err;
  }
}
