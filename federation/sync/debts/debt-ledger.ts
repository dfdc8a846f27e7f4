import { isAlreadyExists, isNotFound } from '../../../src/apimachinery/index.ts';
import { configMaps } from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import { FEDERATION_SYSTEM_NAMESPACE, labels } from '../../apis/index.ts';
import { debtId, formatDebts, parseDebts, type Debt } from './debt.ts';

/** A ConfigMap holds a megabyte. */
const MOST_OF_A_CLUSTER = 5_000;

interface Account {
  readonly debts: Map<string, Debt>;
  isStored: boolean;
  writing: Promise<void>;
  /** Has not begun yet: whoever comes now is part of it. */
  next?: Promise<void>;
}

/**
 * What is owed to clusters out of sight, in a ConfigMap for each in `federation-system`. Nobody else writes these while
 * this federation's controllers run.
 */
export class DebtLedger {
  readonly #federation: Client;
  readonly #accounts = new Map<string, Account>();

  constructor(federation: Client) {
    this.#federation = federation;
  }

  /** Reads what was owed before. To be called once, before anything else. */
  async load(signal: AbortSignal): Promise<void> {
    const { items } = await this.#federation.list(configMaps, {
      namespace: FEDERATION_SYSTEM_NAMESPACE,
      labelSelector: labels.owedTo,
      signal,
    });
    for (const { metadata, data = {} } of items) {
      const debts = parseDebts(data).map((debt) => [debtId(debt), debt] as const);
      const account = { debts: new Map(debts), isStored: true, writing: Promise.resolve() };
      this.#accounts.set(metadata.labels?.[labels.owedTo] ?? '', account);
    }
  }

  get(cluster: string, id: string): Debt | undefined {
    return this.#accounts.get(cluster)?.debts.get(id);
  }

  /** Of just this object: one of the same name that came later has another uid. */
  isOwed(cluster: string, debt: Debt): boolean {
    return this.get(cluster, debtId(debt))?.uid === debt.uid;
  }

  ids(cluster: string): readonly string[] {
    return [...(this.#accounts.get(cluster)?.debts.keys() ?? [])];
  }

  count(cluster: string): number {
    return this.#accounts.get(cluster)?.debts.size ?? 0;
  }

  clusters(): readonly string[] {
    return [...this.#accounts.keys()];
  }

  /** Resolves when it is stored; to false when so much is owed to the cluster already that it is not. */
  async owe(cluster: string, debt: Debt, signal: AbortSignal): Promise<boolean> {
    const account = this.#accounts.get(cluster) ?? { debts: new Map(), isStored: false, writing: Promise.resolve() };
    this.#accounts.set(cluster, account);
    const id = debtId(debt);
    if (!account.debts.has(id) && account.debts.size >= MOST_OF_A_CLUSTER) return false;
    account.debts.set(id, debt);
    await this.#save(cluster, account, signal);
    return true;
  }

  /** Paid, or void. Where this is lost it is found out again. */
  async settle(cluster: string, id: string, signal: AbortSignal): Promise<void> {
    const account = this.#accounts.get(cluster);
    if (account?.debts.delete(id) === true) await this.#save(cluster, account, signal);
  }

  /** The cluster has left the federation, and all that is in it stays. */
  async forget(cluster: string, signal: AbortSignal): Promise<void> {
    const account = this.#accounts.get(cluster);
    if (account === undefined) return;
    account.debts.clear();
    await this.#save(cluster, account, signal);
    this.#accounts.delete(cluster);
  }

  /** One write at a time for each cluster, and one for all who came while another was on its way. */
  #save(cluster: string, account: Account, signal: AbortSignal): Promise<void> {
    account.next ??= account.writing
      .catch(() => undefined)
      .then(() => {
        delete account.next;
        account.writing = this.#write(cluster, account, signal);
        return account.writing;
      });
    return account.next;
  }

  async #write(cluster: string, account: Account, signal: AbortSignal): Promise<void> {
    const metadata = {
      name: `owed-to-${cluster}`,
      namespace: FEDERATION_SYSTEM_NAMESPACE,
      labels: { [labels.owedTo]: cluster },
    };
    if (account.debts.size === 0) {
      await this.#federation.delete(configMaps, metadata, { signal }).catch(ignoreMissing);
      account.isStored = false;
      return;
    }
    const content = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: formatDebts(account.debts.values()) };
    try {
      if (account.isStored) await this.#federation.update(configMaps, content, { signal });
      else await this.#federation.create(configMaps, content, { signal });
    } catch (err) {
      // Somebody has deleted or made it by hand.
      if (account.isStored ? !isNotFound(err) : !isAlreadyExists(err)) throw err;
      if (account.isStored) await this.#federation.create(configMaps, content, { signal });
      else await this.#federation.update(configMaps, content, { signal });
    }
    account.isStored = true;
  }
}

function ignoreMissing(err: unknown): void {
  if (!isNotFound(err)) throw err;
}
