import { Option, type Command } from 'commander';
import { durationMs } from './duration.ts';
import type { JoinFlags } from './join.ts';
import type { UnjoinFlags } from './unjoin.ts';

/** Which federation is meant; the original's flags, and kubectl's. */
export function addTargetFlags(command: Command): Command {
  return command
    .option(
      '--context <context>',
      "the federation's kubeconfig context (default: federation-cluster, or the current one)",
    )
    .option('--host-cluster-context <context>', 'the same, by the name that kubefed had for it')
    .option('--kubeconfig <file>', 'instead of $KUBECONFIG or ~/.kube/config');
}

export function timeoutOption(description: string, byDefault: string): Option {
  return new Option('--timeout <duration>', description)
    .argParser(durationMs)
    .default(durationMs(byDefault), byDefault);
}

function groups(text: string): readonly string[] {
  return text.split(',').filter((group) => group !== '');
}

export function join(program: Command): void {
  const command = program
    .command('join')
    .description(
      'make a cluster a member of the federation; any Kubernetes cluster that a kubeconfig context reaches. Again: renew its credentials and rights',
    )
    .argument('<name>', 'its name in the federation')
    .option('--cluster-context <context>', 'its kubeconfig context (default: the name)')
    .option('--cluster-server <url>', 'where the federation reaches it, if not at the server of that context')
    .option(
      '--credentials-kubeconfig <file>',
      'let the federation act as the user of the current context of this file, instead of an account made for it',
    )
    .option('--secret-name <name>', 'of the Secret with its credentials in the federation (default: the name)')
    .option('--federation-system-namespace <namespace>', 'of the account in the cluster (default: federation-system)')
    .addOption(
      new Option(
        '--token-duration <duration>',
        'how long a token is good; the federation renews it long before (default 168h)',
      ).argParser(durationMs),
    )
    .addOption(
      new Option('--grant-groups <groups>', 'API groups of which the federation may write every kind').argParser(
        groups,
      ),
    )
    .option('--allow-escalation', 'let the federation grant more than it may do itself: as good as an administrator')
    .option('--insecure-skip-tls-verify', 'let the federation believe whatever answers at the address')
    .option('--dry-run', 'print what would be made, and write nothing')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(['yaml', 'json', 'name']))
    .option('--wait', 'until the federation finds the cluster ready')
    .addOption(timeoutOption('for all of it', '90s'));
  addTargetFlags(command).action(async (name: string, flags: JoinFlags) => {
    await (await import('./join.ts')).join(name, flags);
  });
}

export function unjoin(program: Command): void {
  const command = program
    .command('unjoin')
    .description('end the membership of a cluster: its DNS records go, and what joining made in it')
    .argument('<name>')
    .option('--cluster-context <context>', 'its kubeconfig context (default: the name)')
    .addOption(
      new Option('--cascade <mode>', 'what becomes of the copies in it: they go on running, or are deleted')
        .choices(['orphan', 'delete'])
        .default('orphan'),
    )
    .option('--force', 'also when it cannot be reached; prints what stays in it')
    .option('--dry-run', 'print what would be taken away, and write nothing')
    .addOption(timeoutOption('for what is done in the cluster', '60s'));
  addTargetFlags(command).action(async (name: string, flags: UnjoinFlags) => {
    await (await import('./unjoin.ts')).unjoin(name, flags);
  });
}
