import type { Command } from 'commander';
import type { DrainFlags, TaintFlags } from './maintenance.ts';
import { addTargetFlags, timeoutOption } from './membership-commands.ts';
import type { TargetFlags } from './target-federation.ts';

export function cordon(program: Command): void {
  addTargetFlags(
    program
      .command('cordon')
      .description('place nothing new in a member cluster; what is there stays')
      .argument('<cluster>'),
  ).action(async (name: string, flags: TargetFlags) => {
    await (await import('./maintenance.ts')).cordonCluster(name, flags);
  });
}

export function uncordon(program: Command): void {
  addTargetFlags(
    program
      .command('uncordon')
      .description('place what is new in a member cluster again; also ends a drain')
      .argument('<cluster>'),
  ).action(async (name: string, flags: TargetFlags) => {
    await (await import('./maintenance.ts')).restoreCluster('uncordon', name, flags);
  });
}

export function taint(program: Command): void {
  addTargetFlags(
    program
      .command('taint')
      .description('keep away from a member cluster what does not tolerate it; NoExecute also removes what is there')
      .argument('<cluster>')
      .argument(
        '<taints...>',
        'key=value:Effect or key:Effect, with NoSchedule, PreferNoSchedule or NoExecute; "-" behind it removes it, as key- does',
      )
      .option('--overwrite', 'give a taint that is there another value'),
  ).action(async (name: string, taints: readonly string[], flags: TaintFlags) => {
    await (await import('./maintenance.ts')).taintCluster(name, taints, flags);
  });
}

export function drain(program: Command): void {
  addTargetFlags(
    program
      .command('drain')
      .description(
        'empty a member cluster: first its clients go to others, then what was placed there; "undrain" takes it back',
      )
      .argument('<cluster>')
      .option(
        '--cluster-context <context>',
        'its kubeconfig context (default: the name, or else as the federation itself)',
      )
      .option('--skip-ttl-wait', 'do not wait until clients have forgotten its addresses')
      .option('--force', 'also when no other cluster serves what it does')
      .addOption(timeoutOption('for all of it', '10m')),
  ).action(async (name: string, flags: DrainFlags) => {
    await (await import('./maintenance.ts')).drainCluster(name, flags);
  });
}

export function undrain(program: Command): void {
  addTargetFlags(
    program.command('undrain').description('take a drain back: the cluster is as it was before').argument('<cluster>'),
  ).action(async (name: string, flags: TargetFlags) => {
    await (await import('./maintenance.ts')).restoreCluster('undrain', name, flags);
  });
}
