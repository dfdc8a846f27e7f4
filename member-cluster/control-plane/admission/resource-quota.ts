import {
  compareQuantities,
  forbidden,
  formatQuantity,
  groupResource,
  internalError,
  isConflict,
  isNotFound,
  parseQuantity,
  type Quantity,
} from '../../../src/apimachinery/index.ts';
import { resourceQuotas, type ResourceQuota } from '../../../src/apis/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../../src/apiserver/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Logger } from '../../../src/component-base/index.ts';
import { amountsOf, type QuantityMap } from '../../pods/index.ts';
import { isInScope, missingAmounts, usageOf } from '../../quota/index.ts';
import type { KnownObjects } from './known-objects.ts';
import { isNewPod, isResizedPod, podOf } from './new-pod.ts';
import { Turns } from './turns.ts';

export interface ResourceQuotaDeps {
  readonly quotas: KnownObjects<ResourceQuota>;
  readonly own: Pick<Client, 'get' | 'updateStatus'>;
  readonly log: Logger;
}

/** More than API servers that write to one namespace at the same moment. */
const MAX_ROUNDS = 32;
/** They take something of a quota when they are changed as well. */
const CHANGING: ReadonlySet<string> = new Set(['services', 'persistentvolumeclaims']);

interface Reservation {
  readonly namespace: string;
  readonly quota: string;
  readonly taken: QuantityMap;
}

/**
 * Takes what a write needs of every quota of its namespace before it is stored: the quota's status is changed from
 * the version that was looked at, so that several API servers never take the same twice. What a write took that was
 * not stored is given back; whatever else goes wrong, the controller counts again.
 */
export function resourceQuota({ quotas, own, log }: ResourceQuotaDeps): AdmissionPlugin {
  const attempts = new WeakMap<object, Reservation[]>();
  const turns = new Turns();
  return {
    name: 'ResourceQuota',
    handles: takesOfQuotas,
    async validate(request, signal) {
      const { attempt, namespace = '', dryRun } = request;
      const present = (await quotas(signal)).list(namespace).filter((quota) => isOf(quota, request));
      if (present.length === 0) return;
      const wanted = wantedBy(request);
      if (wanted.size === 0) return;
      const reserved: Reservation[] = [];
      attempts.set(attempt, reserved);
      await turns.take(namespace, async () => {
        for (const { metadata } of present) {
          const quota = metadata.name ?? '';
          const current = await currentOf(own, namespace, quota, signal);
          if (current !== undefined) check(current, wanted, request);
        }
        if (dryRun) return;
        for (const { metadata } of present) {
          const quota = metadata.name ?? '';
          const taken = await take({ own, request, signal }, quota, wanted);
          if (taken.size > 0) reserved.push({ namespace, quota, taken });
        }
      });
    },
    rolledBack({ attempt, namespace = '' }) {
      const reserved = attempts.get(attempt) ?? [];
      attempts.delete(attempt);
      if (reserved.length === 0) return;
      const giveBack = async () => {
        for (const reservation of reserved) await giveBackTo(own, reservation);
      };
      turns.take(namespace, giveBack).catch((err: unknown) => {
        log.warn({ namespace, err }, 'a quota was not given back, the controller will count again');
      });
    },
  };
}

function takesOfQuotas(request: AdmissionRequest): boolean {
  const { namespace, operation, subresource, resource, object } = request;
  if (isResizedPod(request)) return true;
  if (namespace === undefined || subresource !== undefined || object === undefined) return false;
  return operation === 'CREATE' || (operation === 'UPDATE' && CHANGING.has(groupResource(resource)));
}

function isOf(quota: ResourceQuota, { resource, object }: AdmissionRequest): boolean {
  return object !== undefined && isInScope(quota, resource, object);
}

/** What the write takes beyond what its object has already. */
function wantedBy({ resource, object, oldObject }: AdmissionRequest): QuantityMap {
  if (object === undefined) return new Map();
  const had: QuantityMap = oldObject === undefined ? new Map() : usageOf(resource, oldObject);
  return new Map(
    [...usageOf(resource, object)].flatMap(([name, { nanos, format }]) => {
      const more = nanos - (had.get(name)?.nanos ?? 0n);
      return more > 0n ? [[name, { nanos: more, format }] as const] : [];
    }),
  );
}

async function currentOf(own: ResourceQuotaDeps['own'], namespace: string, name: string, signal?: AbortSignal) {
  try {
    return await own.get(resourceQuotas, { namespace, name }, signal === undefined ? {} : { signal });
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}

/** What is asked of this quota. Throws when it has not got that much left. */
function check({ metadata, status }: ResourceQuota, wanted: QuantityMap, request: AdmissionRequest): QuantityMap {
  const { resource, name: objectName, object } = request;
  const { name = '' } = metadata;
  const hard = amountsOf(status?.hard);
  const used = amountsOf(status?.used);
  const asked = new Map([...wanted].filter(([key]) => hard.has(key)));
  const refuse = (why: string) => forbidden(resource, objectName, why);
  if (isNewPod(request) || isResizedPod(request)) {
    const missing = missingAmounts(podOf(object), [...hard.keys()]);
    if (missing !== undefined) throw refuse(`failed quota: ${name}: ${missing}`);
  }
  const unknown = [...asked.keys()].filter((key) => !used.has(key));
  if (unknown.length > 0) throw refuse(`status unknown for quota: ${name}, resources: ${unknown.sort().join(',')}`);
  const exceeded = [...asked].filter(([key, amount]) => isMore(plus(used.get(key), amount), hard.get(key)));
  if (exceeded.length === 0) return asked;
  const names = exceeded.map(([key]) => key).sort();
  const text = (amounts: QuantityMap) => names.map((key) => `${key}=${textOf(amounts.get(key))}`).join(',');
  throw refuse(`exceeded quota: ${name}, requested: ${text(asked)}, used: ${text(used)}, limited: ${text(hard)}`);
}

interface Taking {
  readonly own: ResourceQuotaDeps['own'];
  readonly request: AdmissionRequest;
  readonly signal: AbortSignal;
}

async function take({ own, request, signal }: Taking, name: string, wanted: QuantityMap): Promise<QuantityMap> {
  const { namespace = '' } = request;
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const quota = await currentOf(own, namespace, name, signal);
    if (quota === undefined) return new Map();
    const taken = check(quota, wanted, request);
    if (taken.size === 0 || (await write(own, quota, changed(quota, taken, plus), signal))) return taken;
  }
  throw internalError(new Error(`quota ${name} was changed by others ${MAX_ROUNDS} times`));
}

async function giveBackTo(
  own: ResourceQuotaDeps['own'],
  { namespace, quota: name, taken }: Reservation,
): Promise<void> {
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const quota = await currentOf(own, namespace, name);
    if (quota === undefined || (await write(own, quota, changed(quota, taken, minus)))) return;
  }
}

/** False when somebody else has changed the quota since. */
async function write(
  own: ResourceQuotaDeps['own'],
  quota: ResourceQuota,
  used: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    const status = { ...quota.status, used };
    await own.updateStatus(resourceQuotas, { ...quota, status }, signal === undefined ? {} : { signal });
    return true;
  } catch (err) {
    if (isConflict(err)) return false;
    throw err;
  }
}

function changed(
  { status }: ResourceQuota,
  by: QuantityMap,
  change: (used: Quantity | undefined, by: Quantity) => Quantity,
): Readonly<Record<string, string>> {
  const used = amountsOf(status?.used);
  const next = [...by].map(([name, amount]) => [name, formatQuantity(change(used.get(name), amount))] as const);
  return { ...status?.used, ...Object.fromEntries(next) };
}

function plus(a: Quantity = parseQuantity('0'), b: Quantity): Quantity {
  return { nanos: a.nanos + b.nanos, format: a.nanos === 0n ? b.format : a.format };
}

function minus(a: Quantity = parseQuantity('0'), b: Quantity): Quantity {
  return { nanos: a.nanos > b.nanos ? a.nanos - b.nanos : 0n, format: a.format };
}

function isMore(a: Quantity, b: Quantity | undefined): boolean {
  return b !== undefined && compareQuantities(a, b) > 0;
}

function textOf(amount: Quantity | undefined): string {
  return amount === undefined ? '0' : formatQuantity(amount);
}
