import Table from 'cli-table3';
import { shortDuration } from '../apimachinery/index.ts';
import { systemClock } from '../component-base/index.ts';
import { controlClient, type CertificateStatus, type ComponentStatus } from '../../federation/fleet/index.ts';
import { homeOfUser } from './environment.ts';

const MEBIBYTE = 1024 * 1024;
const MAX_CELL = 40;

export async function status({ output }: { readonly output: 'table' | 'json' }): Promise<void> {
  const fleet = await controlClient(homeOfUser().socket).status(AbortSignal.timeout(10_000));
  if (output === 'json') {
    console.log(JSON.stringify(fleet, null, 2));
    return;
  }
  const table = new Table({
    head: ['NAME', 'KIND', 'STATE', 'HEALTH', 'MEMBERSHIP', 'ADDRESS', 'PID', 'MEMORY', 'RESTARTS', 'AGE'],
    chars: {
      mid: '',
      'left-mid': '',
      'mid-mid': '',
      'right-mid': '',
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      right: '',
      middle: '  ',
    },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...fleet.components.map(row));
  console.log(table.toString());
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
