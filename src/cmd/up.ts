import { spawn, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createSocket } from 'node:dgram';
import { resolve } from 'node:path';
import { pluginChoiceProblems } from '../apiserver/index.ts';
import { systemClock, start, withDeadline } from '../component-base/index.ts';
import {
  canListen,
  controlClient,
  discardFleet,
  defaultClusters,
  defaults,
  listensAt,
  lockHolder,
  parseFleetConfig,
  prepareHome,
  readState,
  tryLock,
  type AdmissionPluginsConfig,
  type DnsAddress,
  type FleetConfig,
  type FleetControl,
  type Home,
  type ProgressStep,
  type Runtime,
} from '../../federation/fleet/index.ts';
import { assertContextsFree, mergeContexts } from './contexts.ts';
import { authenticationOf, type AuthenticationFlags } from './authentication-flags.ts';
import { readAuthentication } from './authentication.ts';
import { readAuditPolicy } from './audit.ts';
import { readEncryption } from './encryption.ts';
import { etcdOf, type StorageFlags } from './etcd-config.ts';
import { homeOfUser, kubeconfigOfUser, ownName } from './environment.ts';
import { Interrupted } from './exit.ts';
import { nextCommands } from './next-commands.ts';
import { runningFleet } from './running-fleet.ts';
import { createSupervisor } from './supervisor.ts';
import { readTracing } from './tracing.ts';

export interface UpOptions extends StorageFlags, AuthenticationFlags {
  readonly config?: string;
  readonly clusters?: number;
  readonly nodes?: number;
  readonly runtime?: Runtime;
  readonly dnsAddress?: DnsAddress;
  readonly dnsTtl?: number;
  readonly encryptionProviderConfig?: string;
  readonly auditPolicyFile?: string;
  readonly tracingConfigFile?: string;
  readonly enableAdmissionPlugins?: readonly string[];
  readonly disableAdmissionPlugins?: readonly string[];
  readonly admissionControlConfigFile?: string;
  readonly foreground?: boolean;
}

const START_DEADLINE_MS = 180_000;
const STOP_DEADLINE_MS = 30_000;
const SOCKET_POLL_MS = 20;

export async function up(options: UpOptions): Promise<void> {
  const home = homeOfUser();
  const asked = await configOf(options);
  await prepareHome(home);
  const deadline = AbortSignal.timeout(START_DEADLINE_MS);
  for (;;) {
    // It may have been started while we waited, and may end meanwhile.
    const running = await runningFleet(home, deadline);
    if (running !== undefined) {
      await showRunning(running, home, options);
      return;
    }
    await using turn = await tryLock(home, home.upLock);
    if (turn !== undefined && (await lockHolder(home)) === undefined) {
      await startFleet(home, options, asked);
      return;
    }
    await systemClock.sleep(SOCKET_POLL_MS, deadline);
  }
}

async function startFleet(home: Home, options: UpOptions, asked: FleetConfig): Promise<void> {
  const kubeconfig = kubeconfigOfUser();
  const kept = await readState(home);
  if (kept !== undefined && (await differs(kept.config, options, asked))) {
    throw new Error(
      `${home.directory} keeps a fleet of another shape (it was taken down with --keep-data). ` +
        `"${ownName()} up" without options continues it; "${ownName()} down" removes it.`,
    );
  }
  const config = kept?.config ?? asked;
  await assertContextsFree(home, kubeconfig, config);
  if (config.auditPolicyFile !== undefined) await readAuditPolicy(config.auditPolicyFile);
  if (config.tracingConfigFile !== undefined) await readTracing(config.tracingConfigFile);
  if (config.encryptionProviderConfig !== undefined) await readEncryption(config.encryptionProviderConfig);
  if (config.admissionPlugins !== undefined) checkAdmissionPlugins(config.admissionPlugins);
  await checkAdmissionConfiguration(config);
  await readAuthentication(config.authentication);
  await assertDnsFree(config);
  const fleet = { home, config, kubeconfig, isNew: kept === undefined };
  if (options.foreground === true) await inForeground(fleet);
  else await inBackground(fleet);
}

interface NewFleet {
  readonly home: Home;
  readonly config: FleetConfig;
  readonly kubeconfig: string;
  /** Nothing was kept: what a failed start leaves is of no use. */
  readonly isNew: boolean;
}

async function configOf({
  config: file,
  clusters,
  nodes,
  runtime,
  dnsAddress,
  dnsTtl,
  enableAdmissionPlugins: enable,
  disableAdmissionPlugins: disable,
  admissionControlConfigFile: admissionFile,
  ...flags
}: UpOptions): Promise<FleetConfig> {
  const config =
    file === undefined
      ? {
          ...(await parseFleetConfig('', '')),
          clusters: defaultClusters(clusters ?? defaults.clusters, nodes ?? defaults.nodes),
          ...(runtime === undefined ? {} : { runtime }),
        }
      : await parseFleetConfig(await readFleetFile(file), file);
  const { federation } = config;
  const ttlSeconds = dnsTtl ?? federation.dns.ttlSeconds;
  const dns = { ...federation.dns, ...dnsAddress, ttlSeconds };
  const storage = etcdOf(flags);
  return {
    ...config,
    ...filesOf(flags),
    ...admissionOf(config, { ...(enable && { enable }), ...(disable && { disable }) }),
    ...(admissionFile && { admissionControlConfigFile: resolve(admissionFile) }),
    ...authenticationOf(flags, config.authentication),
    federation: { ...federation, dns, ...(storage === undefined ? {} : { storage }) },
  };
}

/** By absolute paths: the fleet runs elsewhere. */
function filesOf({
  encryptionProviderConfig: encryption,
  auditPolicyFile: audit,
  tracingConfigFile: tracing,
}: UpOptions): Pick<FleetConfig, 'encryptionProviderConfig' | 'auditPolicyFile' | 'tracingConfigFile'> {
  return {
    ...(encryption === undefined ? {} : { encryptionProviderConfig: resolve(encryption) }),
    ...(audit === undefined ? {} : { auditPolicyFile: resolve(audit) }),
    ...(tracing === undefined ? {} : { tracingConfigFile: resolve(tracing) }),
  };
}

/** What the command line says counts, list by list. */
function admissionOf(
  { admissionPlugins }: FleetConfig,
  said: AdmissionPluginsConfig,
): Pick<FleetConfig, 'admissionPlugins'> {
  const all = { ...admissionPlugins, ...said };
  return Object.keys(all).length === 0 ? {} : { admissionPlugins: all };
}

async function checkAdmissionConfiguration({ admissionControlConfigFile: file }: FleetConfig): Promise<void> {
  if (file !== undefined) await (await import('./admission.ts')).readAdmissionConfiguration(file);
}

function checkAdmissionPlugins(plugins: AdmissionPluginsConfig): void {
  const problems = pluginChoiceProblems(plugins);
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

async function readFleetFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (err) {
    throw new Error(`the fleet file ${file} cannot be read: ${err instanceof Error ? err.message : String(err)}`, {
      cause: err,
    });
  }
}

/** Whether the user asked for a shape, and for another than the fleet has. Clusters created later are no difference. */
async function differs(kept: FleetConfig, options: UpOptions, asked: FleetConfig): Promise<boolean> {
  const { foreground: _, ...shape } = options;
  if (Object.keys(shape).length === 0) return false;
  const { isDeepStrictEqual } = await import('node:util');
  return !isDeepStrictEqual(JSON.parse(JSON.stringify(kept)), JSON.parse(JSON.stringify(asked)));
}

async function showRunning(control: FleetControl, home: Home, options: UpOptions): Promise<void> {
  for await (const step of control.progress(AbortSignal.timeout(START_DEADLINE_MS))) {
    if (step.type === 'failed') throw new Error(step.text);
  }
  const running = await readState(home);
  if (running !== undefined && (await differs(running.config, options, await configOf(options)))) {
    throw new Error(`a fleet of another shape is running; "${ownName()} down" first`);
  }
  await mergeContexts(home, kubeconfigOfUser());
  console.log('The fleet is already running.');
  if (running !== undefined) await nextCommands(running.config);
}

/** The federation's DNS address is the one that users type, so nothing else is tried when it is taken. */
async function assertDnsFree({ federation: { dns } }: FleetConfig): Promise<void> {
  const { host, port } = dns;
  const tcp = await canListen(host, port).catch((err: unknown) => {
    throw new Error(`DNS cannot listen at ${host}:${port}: ${err instanceof Error ? err.message : String(err)}`);
  });
  if (tcp && (await udpFree(host, port))) return;
  throw new Error(
    `something already listens at ${host}:${port}, where the federation would answer DNS; choose another with --dns-address`,
  );
}

function udpFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      resolve(false);
    });
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.close(() => {
        resolve(true);
      });
    });
  });
}

async function inForeground({ home, config, kubeconfig }: NewFleet): Promise<void> {
  const interrupted = new AbortController();
  const onSignal = () => {
    interrupted.abort(new Interrupted());
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const supervisor = createSupervisor(home, config);
  const shown = show(supervisor.progress(interrupted.signal));
  try {
    await using running = await start([supervisor], interrupted.signal);
    await shown;
    await mergeContexts(home, kubeconfig);
    await nextCommands(config);
    console.log('\nCtrl-C takes the fleet down and keeps its data.');
    await running.done;
  } catch (err) {
    if (!interrupted.signal.aborted) throw err;
  }
}

async function inBackground({ home, config, kubeconfig, isNew }: NewFleet): Promise<void> {
  const interrupted = new AbortController();
  const onSignal = () => {
    interrupted.abort(new Interrupted());
  };
  // Before there is anything to take back, and for as long as there is: impatience must not leave a half of it.
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const child = spawnSupervisor(home, config);
  const control = controlClient(home.socket);
  try {
    await socketOf(home, child, interrupted.signal);
    await show(control.progress(withDeadline(START_DEADLINE_MS, interrupted.signal)));
    interrupted.signal.throwIfAborted();
    await mergeContexts(home, kubeconfig);
  } catch (err) {
    await takeBack(control, child);
    if (isNew) await discardFleet(home);
    throw interrupted.signal.aborted ? new Interrupted() : withHint(err, home);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
  await nextCommands(config);
  child.unref();
}

function spawnSupervisor(home: Home, config: FleetConfig): ChildProcess {
  const log = openSync(home.supervisorLog, 'a', 0o600);
  const program = process.argv[1] ?? '';
  return spawn(process.execPath, [program, 'supervisor', JSON.stringify(config)], {
    detached: true,
    stdio: ['ignore', log, log],
  });
}

/** Waits until the supervisor listens; rejects as soon as its process is gone. */
async function socketOf(home: Home, child: ChildProcess, signal: AbortSignal): Promise<void> {
  const gone = new AbortController();
  child.once('exit', (code) => {
    gone.abort(new Error(`the supervisor ended with code ${code ?? 0} before it could be asked`));
  });
  child.once('error', (err) => {
    gone.abort(err);
  });
  const until = AbortSignal.any([signal, gone.signal]);
  while (!(await listensAt(home.socket))) await systemClock.sleep(SOCKET_POLL_MS, until);
}

async function show(steps: AsyncIterable<ProgressStep>): Promise<void> {
  for await (const { type, text, afterMs } of steps) {
    if (type === 'failed') throw new Error(text);
    if (type === 'done') console.log(`  ${(afterMs / 1000).toFixed(1).padStart(5)} s  ${text}`);
  }
}

async function takeBack(control: FleetControl, child: ChildProcess): Promise<void> {
  const exited = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else
      child.once('exit', () => {
        resolve();
      });
  });
  try {
    await control.shutdown(true, AbortSignal.timeout(STOP_DEADLINE_MS));
  } catch {
    // It does not answer (yet): its children end with it.
    child.kill('SIGTERM');
  }
  const cancel = systemClock.after(STOP_DEADLINE_MS, () => {
    child.kill('SIGKILL');
  });
  await exited;
  cancel();
}

function withHint(err: unknown, home: Home): Error {
  const message = err instanceof Error ? err.message : String(err);
  return new Error(`${message}\nNothing is left running. More is in ${home.logs}.`, { cause: err });
}
