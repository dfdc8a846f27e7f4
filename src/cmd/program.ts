import { Command, InvalidArgumentError, Option } from 'commander';
import {
  defaults,
  dnsAddressOf,
  MAX_CLUSTERS,
  MAX_NODES,
  MAX_TTL_SECONDS,
  runtimes,
} from '../../federation/fleet/index.ts';
import { addLimitFlags } from './limit-flags.ts';
import { addAuthenticationFlags } from './authentication-flags.ts';
import { addElectionFlags, addStorageFlags } from './storage-flags.ts';
import type { DnsDryRunFlags } from './dns-dry-run.ts';
import { clusterDns } from './cluster-dns-command.ts';
import type { DnsFlags } from './dns.ts';
import { addDnsProviderFlags } from './dns-provider-flags.ts';
import type { FederationFlags } from './federation-command.ts';
import { cordon, drain, taint, uncordon, undrain } from './maintenance-commands.ts';
import { explain } from './explain-command.ts';
import { addTargetFlags, join, unjoin } from './membership-commands.ts';
import type { ConfirmFlags } from './confirm-restore.ts';
import { VERSION } from './version.ts';

/** The commands, each in a file of its own that is loaded only when it is called. */
export function createProgram(): Command {
  const program = new Command('koinon')
    .description('A Kubernetes federation: one API for many clusters, and DNS that names the nearest healthy shard.')
    .version(VERSION)
    .exitOverride()
    .addHelpText(
      'after',
      [
        '',
        'State is kept under $KOINON_HOME (default ~/.koinon); contexts are merged into $KUBECONFIG (default ~/.kube/config).',
        'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no fleet is running, 130 interrupted.',
      ].join('\n'),
    );
  const commands = [
    up,
    down,
    status,
    logs,
    cluster,
    join,
    unjoin,
    cordon,
    uncordon,
    taint,
    drain,
    undrain,
    backup,
    restore,
    confirmRestore,
    explain,
    convert,
    completion,
    federation,
    dns,
    clusterDns,
    supervisor,
    component,
  ];
  for (const add of commands) add(program);
  pointToHelp(program);
  return program;
}

/** Who has used a command wrongly is told where that command is explained. */
function pointToHelp(command: Command, path = command.name()): void {
  command.showHelpAfterError(`(try "${path} --help")`);
  for (const sub of command.commands) pointToHelp(sub, `${path} ${sub.name()}`);
}

function integer(max: number, min = 1) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

function names(text: string): readonly string[] {
  return text.split(',').filter((name) => name !== '');
}

function dnsAddress(text: string) {
  const address = dnsAddressOf(text);
  if (address === undefined) throw new InvalidArgumentError(`It must be an address such as ${defaults.dnsAddress}.`);
  return address;
}

function up(program: Command): void {
  const command = program
    .command('up')
    .description('start a fleet: member clusters, the federation control plane and DNS')
    .option('--config <file>', 'a fleet file (docs/reference/fleet.md)')
    .addOption(
      new Option('--clusters <n>', 'how many default member clusters (default 4)')
        .argParser(integer(MAX_CLUSTERS))
        .conflicts('config'),
    )
    .addOption(
      new Option('--nodes <n>', 'nodes of each cluster (default 3)').argParser(integer(MAX_NODES)).conflicts('config'),
    )
    .addOption(new Option('--runtime <name>', 'how containers run').choices(runtimes).conflicts('config'))
    .addOption(
      new Option(
        '--dns-address <host:port>',
        `where the federation answers DNS (default ${defaults.dnsAddress})`,
      ).argParser(dnsAddress),
    )
    .addOption(
      new Option('--dns-ttl <seconds>', `TTL of DNS records (default ${defaults.ttlSeconds})`).argParser(
        integer(MAX_TTL_SECONDS, 0),
      ),
    )
    .option(
      '--encryption-provider-config <file>',
      'which resources are encrypted at rest (docs/reference/encryption.md)',
    )
    .option('--audit-policy-file <file>', 'what of requests is noted (docs/reference/audit.md)')
    .option('--tracing-config-file <file>', 'what is traced, and for whom (docs/reference/tracing.md)')
    .option('--enable-admission-plugins <names>', 'of members, beyond the default (docs/reference/admission.md)', names)
    .option('--disable-admission-plugins <names>', 'of members, of the default ones', names)
    .option('--admission-control-config-file <file>', 'what they are told (docs/reference/admission.md)')
    .option('--foreground', 'stay in the foreground; Ctrl-C takes the fleet down and keeps its data');
  addAuthenticationFlags(addStorageFlags(command)).action(async (options: object) => {
    await (await import('./up.ts')).up(options);
  });
}

function down(program: Command): void {
  program
    .command('down')
    .description('take the fleet down: processes, data and kubeconfig contexts')
    .option('--keep-data', 'keep the data, so that the next "up" continues where it was')
    .action(async (options: { keepData?: boolean }) => {
      await (await import('./down.ts')).down(options);
    });
}

function status(program: Command): void {
  program
    .command('status')
    .description('every process of the fleet: address, health, memory')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(['table', 'json']).default('table'))
    .action(async (options: { output: 'table' | 'json' }) => {
      await (await import('./status.ts')).status(options);
    });
}

function logs(program: Command): void {
  program
    .command('logs')
    .description('the log of a component: a member cluster, the federation, or "supervisor"')
    .argument('<component>')
    .option('-f, --follow', 'go on with what is written from now on')
    .action(async (name: string, options: { follow?: boolean }) => {
      await (await import('./logs.ts')).logs(name, options);
    });
}

function cluster(program: Command): void {
  const group = program.command('cluster').description('member clusters of the running fleet');
  const actions = {
    start: 'start a member cluster that was stopped or killed',
    stop: 'stop a member cluster (SIGTERM); it stays stopped until "start"',
    kill: 'kill a member cluster (SIGKILL), as a power cut would; it stays dead until "start"',
  } as const;
  for (const action of ['start', 'stop', 'kill'] as const) {
    group
      .command(action)
      .description(`${actions[action]} (or the federation control plane, by its name)`)
      .argument('<name>')
      .action(async (name: string) => {
        await (await import('./cluster.ts')).act(action, name);
      });
  }
  group
    .command('create')
    .description('start one more member cluster and join it')
    .argument('<name>')
    .requiredOption('--region <region>')
    .requiredOption('--zone <zone...>', 'one or more; nodes are spread over them')
    .addOption(new Option('--nodes <n>').argParser(integer(MAX_NODES)).default(3))
    .action(async (name: string, options: { region: string; zone: string[]; nodes: number }) => {
      await (await import('./cluster.ts')).create(name, options);
    });
}

function backup(program: Command): void {
  program
    .command('backup')
    .description('save what a member cluster or the federation stores, as of one moment, also while it runs')
    .argument('<name>', 'the member cluster, or the federation')
    .requiredOption('-o, --output <file>', 'where to; - is standard output')
    .action(async (name: string, options: { output: string }) => {
      await (await import('./backup.ts')).backup(name, options);
    });
}

function restore(program: Command): void {
  program
    .command('restore')
    .description('put a backup in the place of what a stopped member cluster or federation stores')
    .argument('<name>', 'the member cluster, or the federation')
    .argument('<file>', 'what "backup" wrote')
    .option('--force', 'replace the data that is there; take a backup of another cluster')
    .action(async (name: string, file: string, options: { force?: boolean }) => {
      await (await import('./restore.ts')).restore(name, file, options);
    });
}

function confirmRestore(program: Command): void {
  const command = program
    .command('confirm-restore')
    .description('let a federation that was restored delete in its members again what the backup would have deleted')
    .option('--dry-run', 'print what that is, and what is there that the backup does not know; confirm nothing');
  addTargetFlags(command).action(async (flags: ConfirmFlags) => {
    await (await import('./confirm-restore.ts')).confirmRestore(flags);
  });
}

function convert(program: Command): void {
  program
    .command('convert')
    .description('print manifests of any Kubernetes since 2014 as what they are today')
    .requiredOption(
      '-f, --filename <file>',
      'YAML or JSON, any number of documents and lists; "-" reads standard input',
    )
    .option('--output-version <group/version>', 'the version to write instead, such as "apps/v1beta1"')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(['yaml', 'json']).default('yaml'))
    .action(async (options: { filename: string; outputVersion?: string; output: 'yaml' | 'json' }) => {
      await (await import('./convert.ts')).convert(options);
    });
}

function completion(program: Command): void {
  program
    .command('completion')
    .description('a completion script: eval "$(koinon completion bash)"')
    .addArgument(program.createArgument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      (await import('./completion.ts')).completion(program, shell);
    });
}

/** What `up` runs, without `up`: for control planes of several machines on one etcd. */
function federation(program: Command): void {
  const command = program
    .command('federation')
    .description('one federation control plane in the foreground; several on one etcd are one federation')
    .requiredOption('--name <name>', 'third label of the DNS names', defaults.name)
    .requiredOption('--domain <zone>', 'the zone in which names are published', defaults.domain)
    .addOption(new Option('--listen <host:port>', 'of the API').argParser(dnsAddress).makeOptionMandatory())
    .requiredOption('--data-dir <directory>', 'for DNS records, and for objects with --storage embedded')
    .requiredOption('--tls-cert-file <file>', 'PEM of the certificate of the API')
    .requiredOption('--tls-private-key-file <file>', 'PEM of its key')
    .requiredOption('--client-ca-file <file>', 'PEM of the CA whose client certificates are believed')
    .option(
      '--cluster-signing-cert-file <file>',
      'PEM of the CA that signs approved requests for certificates (docs/reference/certificates.md)',
    )
    .option('--cluster-signing-key-file <file>', 'PEM of its key; needed with the certificate')
    .addOption(
      new Option('--dns-address <host:port>', 'where DNS is answered').argParser(dnsAddress).makeOptionMandatory(),
    )
    .addOption(
      new Option('--dns-ttl <seconds>', 'TTL of DNS records')
        .argParser(integer(MAX_TTL_SECONDS, 0))
        .default(defaults.ttlSeconds),
    )
    .option('--dns-config <file>', 'what else the DNS server is told (docs/reference/dns.md#configuration)')
    .option(
      '--encryption-provider-config <file>',
      'which resources are encrypted at rest (docs/reference/encryption.md)',
    )
    .option(
      '--hold-removals',
      'after a restore of etcd, for the first start: nothing is deleted in members until "confirm-restore"',
    )
    .option('--audit-policy-file <file>', 'what of requests is noted (docs/reference/audit.md)')
    .option('--audit-log-path <file>', 'where it is noted; needed with a policy')
    .option('--tracing-config-file <file>', 'what is traced, and for whom (docs/reference/tracing.md)')
    .option('--enable-admission-plugins <names>', 'beyond the default (docs/reference/admission.md)', names)
    .option('--disable-admission-plugins <names>', 'of the default ones', names);
  addDnsProviderFlags(addLimitFlags(addElectionFlags(addAuthenticationFlags(addStorageFlags(command))))).action(
    async (flags: FederationFlags) => {
      await (await import('./federation-command.ts')).federationCommand(flags);
    },
  );
}

/** For whoever asks while no control plane answers. */
function dns(program: Command): void {
  const command = program
    .command('dns')
    .description('a DNS server beside the control planes of a federation; goes on when none of them is left')
    .requiredOption('--name <name>', 'of the federation', defaults.name)
    .requiredOption('--domain <zone>', 'the zone in which names are published', defaults.domain)
    .requiredOption('--server <url>', 'of the API of the federation')
    .requiredOption('--certificate-authority <file>', 'PEM of the CA of its certificate')
    .requiredOption('--client-certificate <file>', 'PEM of the certificate shown to it')
    .requiredOption('--client-key <file>', 'PEM of its key')
    .option('--data-dir <directory>', 'for DNS records; needed without --dry-run')
    .addOption(
      new Option('--dns-address <host:port>', 'where DNS is answered; needed without --dry-run').argParser(dnsAddress),
    )
    .addOption(
      new Option('--dns-ttl <seconds>', 'TTL of DNS records')
        .argParser(integer(MAX_TTL_SECONDS, 0))
        .default(defaults.ttlSeconds),
    )
    .option('--dns-config <file>', 'what else the DNS server is told (docs/reference/dns.md#configuration)')
    .option('--dry-run', 'print what would be changed at the providers, change nothing, and end');
  addDnsProviderFlags(command).action(async (flags: Partial<DnsFlags> & DnsDryRunFlags & { dryRun?: boolean }) => {
    if (flags.dryRun === true) {
      await (await import('./dns-dry-run.ts')).dnsDryRun(flags);
      return;
    }
    const { dnsAddress: address, dataDir } = flags;
    if (address === undefined) return command.error("error: required option '--dns-address <host:port>' not specified");
    if (dataDir === undefined) return command.error("error: required option '--data-dir <directory>' not specified");
    await (await import('./dns.ts')).dns({ ...flags, dnsAddress: address, dataDir });
  });
}

/** What `up` leaves behind in the background. */
function supervisor(program: Command): void {
  program
    .command('supervisor', { hidden: true })
    .argument('<config-json>')
    .action(async (config: string) => {
      await (await import('./supervisor.ts')).supervisor(config);
    });
}

/** One member cluster, or the federation control plane, in the foreground: what the supervisor starts. */
function component(program: Command): void {
  program
    .command('component', { hidden: true })
    .argument('<spec-file>')
    .action(async (file: string) => {
      await (await import('./component.ts')).component(file);
    });
}
