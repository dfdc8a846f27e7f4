import { shortDuration } from '../apimachinery/index.ts';
import { systemClock } from '../component-base/index.ts';
import { controlClient, type CertificateStatus, type ComponentStatus } from '../../federation/fleet/index.ts';
import { homeOfUser } from './environment.ts';
import { plainTable } from './plain-table.ts';

const MEBIBYTE = 1024 * 1024;
const MAX_CELL = 40;

export async function status({ output }: { readonly output: 'table' | 'json' }): Promise<void> {
  const fleet = await controlClient(homeOfUser().socket).status(AbortSignal.timeout(10_000));
  if (output === 'json') {
    console.log(JSON.stringify(fleet, null, 2));
    return;
  }
  const head = ['NAME', 'KIND', 'STATE', 'HEALTH', 'MEMBERSHIP', 'ADDRESS', 'PID', 'MEMORY', 'RESTARTS', 'AGE'];
  console.log(plainTable(head, fleet.components.map(row)));
  const { name, domain, dnsAddress } = fleet.federation;
  console.log(`\nfederation ${name}, DNS zone ${domain} at ${dnsAddress}, state in ${fleet.directory}`);
  for (const component of fleet.components.filter(isLong)) console.log(`${component.name}: ${component.message ?? ''}`);
  if (!fleet.ready) console.log('The fleet is still starting.');
  for (const certificate of fleet.certificates) remind(certificate);
}

/** Said below the table, which it would tear apart. */
function isLong({ message = '' }: ComponentStatus): boolean {
  return message.length > MAX_CELL;
}

function remind({ name, state, expiresAt, advice }: CertificateStatus): void {
  if (state === 'Valid' || advice === undefined) return;
  const ends = state === 'Expired' ? 'ended' : 'ends';
  console.log(`The certificate ${name} ${ends} at ${expiresAt}: ${advice}.`);
}

function row(component: ComponentStatus): string[] {
  const { name, kind, state, health, membership, address, pid, memoryBytes, restarts, startedAt } = component;
  return [
    name,
    kind,
    component.message === undefined || isLong(component) ? state : `${state} (${component.message})`,
    health,
    membership ?? '-',
    address ?? '-',
    pid === undefined ? '-' : String(pid),
    memoryBytes === undefined ? '-' : `${Math.round(memoryBytes / MEBIBYTE)}Mi`,
    String(restarts),
    startedAt === undefined ? '-' : shortDuration(systemClock.now() - Date.parse(startedAt)),
  ];
}
