import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { electionProblem, leaderElectionDefaults, type EtcdConfig } from '../../federation/fleet/index.ts';
import type { Clock, Logger, Runnable } from '../component-base/index.ts';
import type { Election } from '../controller/index.ts';
import { createEmbeddedStorage, createEtcdStorage, type Storage } from '../storage/index.ts';
import type { FederationComponent } from './federation-component.ts';

/** Where the federation keeps its objects, as its spec says. */
export async function federationStorage(
  { dataDirectory, federation: { storage } }: FederationComponent,
  deps: { readonly clock: Clock; readonly log: Logger },
): Promise<Storage & Runnable> {
  if (storage === undefined) return createEmbeddedStorage({ directory: dataDirectory, ...deps });
  const { servers, prefix } = storage;
  return createEtcdStorage({
    endpoints: servers,
    ...(prefix === undefined ? {} : { prefix }),
    ...(await credentials(storage)),
    ...deps,
  });
}

async function credentials({ caFile, certFile, keyFile, username, passwordFile }: EtcdConfig) {
  const tls = { ...(await pem('ca', caFile)), ...(await pem('certificate', certFile)), ...(await pem('key', keyFile)) };
  if (username === undefined || passwordFile === undefined) return { tls };
  return { tls, auth: { username, password: (await readFile(passwordFile, 'utf8')).trim() } };
}

async function pem(name: 'ca' | 'certificate' | 'key', file: string | undefined) {
  return file === undefined ? {} : { [name]: await readFile(file, 'utf8') };
}

/** Control planes on one etcd elect one of them; one with a directory of its own elects only when it is asked to. */
export function federationElection({ federation }: FederationComponent): { readonly election?: Election } {
  const { storage, leaderElection } = federation;
  if (storage === undefined && leaderElection === undefined) return {};
  const timings = leaderElection ?? leaderElectionDefaults;
  const problem = electionProblem(timings);
  if (problem !== undefined) throw new Error(problem);
  return {
    election: {
      identity: `${hostname()}_${randomUUID()}_${process.pid}`,
      leaseDurationMs: timings.leaseDurationSeconds * 1000,
      renewDeadlineMs: timings.renewDeadlineSeconds * 1000,
      retryPeriodMs: timings.retryPeriodSeconds * 1000,
    },
  };
}
