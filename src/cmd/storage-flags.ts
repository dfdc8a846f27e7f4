import { InvalidArgumentError, Option, type Command } from 'commander';
import { ETCD_PREFIX, leaderElectionDefaults } from '../../federation/fleet/index.ts';

const SERVER = /^https?:\/\/[^/]+:\d+$/;
const MAX_SECONDS = 3_600;

function servers(text: string): readonly string[] {
  const list = text.split(',');
  const bad = list.find((server) => !SERVER.test(server));
  if (bad === undefined) return list;
  throw new InvalidArgumentError(`"${bad}" is not a server such as https://127.0.0.1:2379.`);
}

function prefix(text: string): string {
  if (new RegExp(ETCD_PREFIX).test(text)) return text;
  throw new InvalidArgumentError('It must look like /my-federation.');
}

function seconds(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= MAX_SECONDS) return value;
  throw new InvalidArgumentError(`It must be a whole number of seconds from 1 to ${MAX_SECONDS}.`);
}

/** Where the federation keeps its objects. The flags of etcd are named as those of kube-apiserver. */
export function addStorageFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--storage <type>', 'where the federation keeps its objects (default embedded)').choices([
        'embedded',
        'etcd',
      ]),
    )
    .addOption(
      new Option('--etcd-servers <urls>', 'the members of an etcd cluster, http(s)://host:port, by commas').argParser(
        servers,
      ),
    )
    .addOption(
      new Option('--etcd-prefix <prefix>', 'stands before every key, for several federations in one etcd').argParser(
        prefix,
      ),
    )
    .option('--etcd-cafile <file>', 'PEM of the CA of the etcd servers')
    .option('--etcd-certfile <file>', 'PEM of the certificate shown to etcd')
    .option('--etcd-keyfile <file>', 'PEM of its key')
    .option('--etcd-username <name>', 'user of etcd; may read all keys')
    .option('--etcd-password-file <file>', 'a file with the password of that user');
}

/** How control planes on one etcd elect the one that runs the controllers. */
export function addElectionFlags(command: Command): Command {
  const { leaseDurationSeconds, renewDeadlineSeconds, retryPeriodSeconds } = leaderElectionDefaults;
  const option = (flag: string, description: string, value: number) =>
    new Option(`${flag} <seconds>`, description).argParser(seconds).default(value);
  return command
    .addOption(option('--leader-elect-lease-duration', 'others wait so long for a lost leader', leaseDurationSeconds))
    .addOption(
      option('--leader-elect-renew-deadline', 'a leader that cannot renew gives up after', renewDeadlineSeconds),
    )
    .addOption(option('--leader-elect-retry-period', 'between attempts to lead', retryPeriodSeconds));
}
