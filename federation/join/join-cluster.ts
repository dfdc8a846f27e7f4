import { deepEqual, isNotFound } from '../../src/apimachinery/index.ts';
import { namespaces, secrets, type Secret } from '../../src/apis/index.ts';
import type { NewObject } from '../../src/client/index.ts';
import { systemClock, untilAborted, withDeadline, type Clock } from '../../src/component-base/index.ts';
import { clusters, FEDERATION_SYSTEM_NAMESPACE, type Cluster } from '../apis/index.ts';
import { bookkeeping } from './bookkeeping.ts';
import { clusterObject, rejoined } from './cluster-object.ts';
import { ensure, remove } from './ensure.ts';
import { DEFAULT_TOKEN_SECONDS, type JoinOptions } from './join-options.ts';
import { accountNames, ensureAccount, type AccountNames } from './member-account.ts';
import { announceFederation, forgetFederation } from './member-dns.ts';
import { memberRules } from './member-rules.ts';
import { authorityOf, dropLastingTokens, issueToken } from './member-token.ts';
import { assertNameFree, assertNotJoined, clusterUidOf, federationUidOf } from './membership-checks.ts';
import { kubeconfigSecret, tokenSecret, type Trust } from './stored-credentials.ts';
import { ensureNamespace } from './system-namespace.ts';
import { undoAll, type Undo } from './undo.ts';
import { wantedKinds } from './wanted-kinds.ts';

export interface Joined {
  readonly cluster: Cluster;
  /** It was not in the federation before. */
  readonly created: boolean;
  /** What did not go as it should, without keeping the cluster from being a member. */
  readonly warnings: readonly string[];
}

/** One run: what it was asked, what it has made. */
interface Run extends JoinOptions {
  readonly names: AccountNames;
  readonly secret: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly done: Undo;
  readonly warnings: string[];
}

/**
 * Makes a cluster a member: an account for the federation there, its credentials in the federation, the Cluster
 * object, and the federation's name in the member's DNS. May be repeated, which renews the credentials and brings the
 * account's rights to what is needed now. What it made is taken back when it fails.
 */
export async function joinCluster(options: JoinOptions): Promise<Joined> {
  const { name, federationName, memberNamespace = FEDERATION_SYSTEM_NAMESPACE, clock = systemClock } = options;
  const signal = withDeadline(options.timeoutMs ?? 60_000, options.signal);
  const names = accountNames(federationName, name, memberNamespace);
  const run = { ...options, names, secret: options.secretName ?? name, clock, signal, done: [], warnings: [] };
  try {
    return await untilAborted(join(run), signal);
  } catch (err) {
    const left = await undoAll(run.done);
    if (left.length === 0) throw err;
    const message = err instanceof Error ? err.message : String(err);
    throw new Error(`${message}; could not take back: ${left.join(', ')}`, { cause: err });
  }
}

async function join(run: Run): Promise<Joined> {
  const { federation, member, name, names, signal, done, warnings } = run;
  const federationUid = await federationUidOf(federation, signal);
  const uid = await clusterUidOf(member, signal);
  const before = await assertNotJoined(federation, { name, uid }, signal);
  await assertNameFree(member, { name: run.federationName, uid: federationUid, namespace: names.namespace }, signal);
  await assertSecretFree(run, before);

  const wanted = clusterObject(run, { names, secretName: run.secret, uid });
  if (before !== undefined) rejoined(before, wanted);
  const kept = await storeCredentials(run, federationUid);
  const { object, created } = await ensure(federation, clusters, wanted, {
    change: (present) => {
      const next = rejoined(present, wanted);
      return deepEqual(next, present) ? present : next;
    },
    signal,
  });
  if (created) done.push({ what: 'cluster', undo: (own) => remove(federation, clusters, { name }, own) });
  if (run.kubeconfig === undefined) await dropTokensOfBefore(run, kept);
  await announce(run);
  return { cluster: object, created, warnings };
}

/** Credentials of another cluster, or of somebody else's making, are not written over. */
async function assertSecretFree({ federation, name, secret, signal }: Run, before: Cluster | undefined): Promise<void> {
  if (before?.spec?.secretRef?.name === secret) return;
  try {
    const key = { name: secret, namespace: FEDERATION_SYSTEM_NAMESPACE };
    const { metadata } = await federation.get(secrets, key, { signal });
    if (metadata.annotations?.[bookkeeping.cluster] === name) return;
    throw new Error(
      `the federation has a secret ${FEDERATION_SYSTEM_NAMESPACE}/${secret} that was not made for cluster ${name}; delete it, or give another name with --secret-name`,
    );
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}

/** Resolves to the Secret in the member that they come from, if it is one. */
async function storeCredentials(run: Run, federationUid: string): Promise<string | undefined> {
  const { federation, name, secret, kubeconfig, signal, done } = run;
  await ensure(federation, namespaces, { metadata: { name: FEDERATION_SYSTEM_NAMESPACE } }, { signal });
  const { wanted, source } =
    kubeconfig === undefined
      ? await accountSecret(run, federationUid)
      : { wanted: kubeconfigSecret(name, secret, kubeconfig), source: undefined };
  const { created } = await ensure(federation, secrets, wanted, {
    change: (present) => renewed(present, wanted),
    signal,
  });
  const key = { name: secret, namespace: FEDERATION_SYSTEM_NAMESPACE };
  if (created) done.push({ what: 'credentials', undo: (own) => remove(federation, secrets, key, own) });
  return source;
}

function renewed(present: Secret, wanted: NewObject<Secret>): Secret {
  const { annotations } = wanted.metadata;
  const old: readonly string[] = Object.values(bookkeeping);
  const kept = Object.entries(present.metadata.annotations ?? {}).filter(([key]) => !old.includes(key));
  return {
    ...present,
    metadata: { ...present.metadata, annotations: { ...Object.fromEntries(kept), ...annotations } },
    ...(wanted.data === undefined ? {} : { data: wanted.data }),
  };
}

async function accountSecret(
  run: Run,
  federationUid: string,
): Promise<{ readonly wanted: NewObject<Secret>; readonly source: string | undefined }> {
  const { federation, member, name, names, federationName, clock, signal, done } = run;
  const { tokenSeconds: seconds = DEFAULT_TOKEN_SECONDS, tokenTimeoutMs: timeoutMs = 30_000 } = run;
  await ensureNamespace(member, names.namespace, { clock, done, signal });
  const kinds = await wantedKinds(federation, signal);
  const { groups = [], mayEscalate = false } = run;
  const rules = memberRules({ kinds, groups, mayEscalate, role: names.clusterRole });
  await ensureAccount(member, { names, federationName, federationUid, rules }, done, signal);

  const issuedAt = clock.now();
  const { token, ca, expiresAt, secret } = await issueToken({ member, names, seconds, timeoutMs, clock, signal }, done);
  const trust = run.trust ?? (await trustIn(run, ca));
  const wanted = tokenSecret({
    cluster: name,
    secretName: run.secret,
    token,
    trust,
    issuedAt,
    seconds,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  });
  return { wanted, source: secret };
}

async function dropTokensOfBefore({ member, name, names, signal, warnings }: Run, kept: string | undefined) {
  try {
    await dropLastingTokens(member, names, kept, signal);
  } catch (err) {
    signal.throwIfAborted();
    warnings.push(`tokens of before stay in cluster ${name}: ${messageOf(err)}`);
  }
}

async function trustIn({ member, name, names, signal }: Run, told: string | undefined): Promise<Trust> {
  const ca = told ?? (await authorityOf(member, names.namespace, signal));
  if (ca === undefined) throw new Error(`cluster ${name} does not tell its CA; give it with the join`);
  return { kind: 'authority', ca };
}

/** The federation works without it; only names without a domain are not found from within the member. */
async function announce({
  member,
  name,
  federationName,
  domain,
  nameservers = [],
  signal,
  ...run
}: Run): Promise<void> {
  try {
    const isNew = await announceFederation(member, { name: federationName, domain, nameservers }, signal);
    if (isNew) run.done.push({ what: 'DNS entry', undo: (own) => forgetFederation(member, federationName, own) });
  } catch (err) {
    signal.throwIfAborted();
    run.warnings.push(`the DNS of cluster ${name} does not know the federation: ${messageOf(err)}`);
  }
}

function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err);
}
