import { deepEqual, isNotFound, type TypeTable } from '../apimachinery/index.ts';
import { validatingAdmissionPolicies, type ValidatingAdmissionPolicy } from '../apis/index.ts';
import { policyTypeWarnings, type ResourceCatalog } from '../apiserver/index.ts';
import type { Client } from '../client/index.ts';
import type { Clock, Logger, Runnable } from '../component-base/index.ts';
import { controller, WorkQueue, type InformerSet } from '../controller/index.ts';

export interface PolicyStatusDeps {
  readonly client: Client;
  readonly informers: InformerSet;
  /** What `object` may be is looked up here, and looked up again when it changes. */
  readonly catalog: ResourceCatalog;
  readonly types: TypeTable;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Keeps `status.typeChecking` of ValidatingAdmissionPolicies: what their expressions would do with the kinds they name. */
export function policyStatus({ client, informers, catalog, types, clock, log }: PolicyStatusDeps): Runnable {
  const policies = informers.of(validatingAdmissionPolicies);
  const queue = new WorkQueue(clock);
  policies.onEvent(({ type, key, object, previous }) => {
    if (type !== 'delete' && !deepEqual(object.spec, previous?.spec)) queue.add(key);
  });
  const forAll = () => {
    for (const { metadata } of policies.lister.list()) queue.add(metadata.name ?? '');
  };
  const checking = controller({
    name: 'validating-admission-policy-status',
    queue,
    clock,
    log,
    synced: (signal) => informers.synced(signal),
    reconcile: async (key, signal) => {
      const policy = policies.lister.get(key);
      if (policy === undefined) return {};
      const next = withStatus(policy, await policyTypeWarnings(policy, catalog.definitions(), types));
      if (!deepEqual(next.status, policy.status)) await update(client, next, signal);
      return {};
    },
  });
  return {
    name: checking.name,
    async run(signal, ready) {
      const forget = catalog.onChange(forAll);
      try {
        await checking.run(signal, ready);
      } finally {
        forget();
      }
    },
  };
}

function withStatus(
  policy: ValidatingAdmissionPolicy,
  warnings: Awaited<ReturnType<typeof policyTypeWarnings>>,
): ValidatingAdmissionPolicy {
  const { generation } = policy.metadata;
  const typeChecking = warnings.length === 0 ? {} : { expressionWarnings: warnings };
  return {
    ...policy,
    status: { ...policy.status, typeChecking, ...(generation === undefined ? {} : { observedGeneration: generation }) },
  };
}

async function update(client: Client, policy: ValidatingAdmissionPolicy, signal: AbortSignal): Promise<void> {
  try {
    await client.updateStatus(validatingAdmissionPolicies, policy, { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}
