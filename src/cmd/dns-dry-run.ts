import type { ProviderChanges, RecordSet } from '../../dns/provider/index.ts';
import { previewPublishing } from '../../federation/control-plane/index.ts';
import type { TargetPreview } from '../../federation/service-dns/index.ts';
import { createLogger, systemClock, withDeadline } from '../component-base/index.ts';
import { dnsConfigOf } from './dns-options.ts';
import { federationClient, type FederationAccessFlags } from './dns.ts';
import { withProviders, type DnsProviderFlags } from './dns-provider-flags.ts';
import { openTargets } from './dns-targets.ts';
import { UsageError } from './exit.ts';

export interface DnsDryRunFlags extends FederationAccessFlags, DnsProviderFlags {
  readonly name: string;
  readonly domain: string;
  readonly dnsTtl: number;
  readonly dnsConfig?: string;
}

const DEADLINE_MS = 300_000;

/** Prints what would be changed at every provider, and changes nothing. */
export async function dnsDryRun(flags: DnsDryRunFlags): Promise<void> {
  const { name, domain, dnsTtl } = flags;
  const log = createLogger({ level: 'warn' });
  const clock = systemClock;
  const { providers = [] } = withProviders(await dnsConfigOf(flags), flags);
  if (providers.length === 0) {
    throw new UsageError(
      '--dry-run is about providers: name one with --dns-provider, or some in the file of --dns-config',
    );
  }
  await using opened = await openTargets(providers, { federation: name, domain, clock, log });
  await using federation = await federationClient(flags);
  const previews = await previewPublishing(
    { federation, targets: opened.targets, clock, log },
    { name, ttlSeconds: dnsTtl },
    withDeadline(DEADLINE_MS),
  );
  console.log(previews.map(described).join('\n\n'));
  const failed = previews.filter(({ problem }) => problem !== undefined);
  if (failed.length > 0) throw new Error(`${failed.map(({ target }) => target).join(', ')} could not be asked`);
}

/** A line for each record set that comes (`+`) or goes (`-`), and for each name that cannot be published (`!`). */
export function described({ target, zone, changes, problem }: TargetPreview): string {
  const head = `${target}, zone ${zone}:`;
  if (changes === undefined) return `${head} ${problem ?? 'nothing is known'}`;
  const { gone, unseen, come } = differenceOf(changes.phases);
  const lines = [
    ...gone.flatMap((set) => linesOf('-', set)),
    ...unseen.map((key) => `- ${key}`),
    ...come.flatMap((set) => linesOf('+', set)),
    ...changes.conflicts.map(({ name, reason }) => `! ${name}: ${reason}`),
  ];
  return lines.length === 0 ? `${head} nothing to change` : [head, ...lines.map((line) => `  ${line}`)].join('\n');
}

/** What is there in the end and was not at first, and the other way round. */
function differenceOf(phases: readonly ProviderChanges[]) {
  const before = new Map<string, RecordSet>();
  const after = new Map<string, RecordSet | undefined>();
  const removed = phases.flatMap(({ remove }) => remove.map(keyOf));
  for (const { upsert, remove, replaces = [] } of phases) {
    for (const set of replaces) if (!after.has(keyOf(set)) && !before.has(keyOf(set))) before.set(keyOf(set), set);
    for (const { name, type } of remove) after.set(keyOf({ name, type }), undefined);
    for (const set of upsert) after.set(keyOf(set), set);
  }
  const changed = [...after].filter(([key, set]) => textOf(before.get(key)) !== textOf(set)).sort();
  return {
    gone: changed.flatMap(([key]) => before.get(key) ?? []),
    unseen: removed.filter((key) => !before.has(key) && after.get(key) === undefined),
    come: changed.flatMap(([, set]) => set ?? []),
  };
}

const keyOf = ({ name, type }: Pick<RecordSet, 'name' | 'type'>) => `${name} ${type}`;

const textOf = (set: RecordSet | undefined) =>
  set === undefined ? '' : JSON.stringify([set.ttlSeconds, [...set.data].sort(), set.choice]);

function linesOf(sign: '+' | '-', { name, type, ttlSeconds, data, choice }: RecordSet): readonly string[] {
  const chosen = choice === undefined ? '' : ` (${choice.policy})`;
  return data.map(
    (item) => `${sign} ${name} ${ttlSeconds} ${type} ${type === 'TXT' ? JSON.stringify(item) : item}${chosen}`,
  );
}
