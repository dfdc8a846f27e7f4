import { isStatusError, type KubeObject } from '../../apimachinery/index.ts';
import type { Logger } from '../../component-base/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission.ts';

/** The plugins of a server in their order. */
export class AdmissionChain {
  readonly #load: () => readonly AdmissionPlugin[];
  readonly #log: Logger;
  #loaded: readonly AdmissionPlugin[] | undefined;

  /** `load` is called with the first write: plugins read through a client of the very server that they are part of. */
  constructor(load: () => readonly AdmissionPlugin[], log: Logger) {
    this.#load = load;
    this.#log = log;
  }

  /** The way of one write through those plugins that handle it. */
  begin(request: AdmissionRequest, signal: AbortSignal): Admission {
    this.#loaded ??= this.#load();
    const isConnection = request.operation === 'CONNECT';
    const plugins = this.#loaded.filter(
      (plugin) => (!isConnection || plugin.connections === true) && plugin.handles(request),
    );
    return new Admission({ plugins, request, log: this.#log }, signal);
  }
}

interface AdmissionParts {
  readonly plugins: readonly AdmissionPlugin[];
  readonly request: AdmissionRequest;
  readonly log: Logger;
}

export class Admission {
  readonly #plugins: readonly AdmissionPlugin[];
  readonly #signal: AbortSignal;
  readonly #log: Logger;
  readonly #asked = new Set<AdmissionPlugin>();
  #request: AdmissionRequest;

  constructor({ plugins, request, log }: AdmissionParts, signal: AbortSignal) {
    this.#plugins = plugins;
    this.#request = request;
    this.#log = log;
    this.#signal = signal;
  }

  /**
   * The object that the plugins made of `object`, which is not validated yet: one that stumbles over what is wrong with
   * it has `check` say what that is.
   */
  async mutate(object: KubeObject, check: (object: KubeObject) => void = () => undefined): Promise<KubeObject> {
    try {
      return await this.#mutate(object);
    } catch (err) {
      if (!isStatusError(err) && !this.#signal.aborted)
        this.#checkInstead(err, () => {
          check(this.#request.object ?? object);
        });
      throw err;
    }
  }

  #checkInstead(err: unknown, check: () => void): void {
    try {
      check();
    } catch (refusal) {
      this.#log.error({ err }, 'an admission plugin stumbled over an object that is not valid');
      throw refusal;
    }
  }

  async #mutate(object: KubeObject): Promise<KubeObject> {
    let mutated = object;
    for (const plugin of this.#plugins) {
      if (plugin.mutate === undefined) continue;
      this.#request = { ...this.#request, object: mutated };
      this.#asked.add(plugin);
      mutated = await plugin.mutate(this.#request, this.#signal);
    }
    this.#request = { ...this.#request, object: mutated };
    return mutated;
  }

  /** `object` is what will be stored; absent for a deletion. */
  async validate(object?: KubeObject): Promise<void> {
    if (object !== undefined) {
      this.#request = { ...this.#request, object, name: object.metadata.name ?? this.#request.name };
    }
    for (const plugin of this.#plugins) {
      if (plugin.validate === undefined) continue;
      this.#asked.add(plugin);
      await plugin.validate(this.#request, this.#signal);
    }
  }

  /** The write did not happen: every plugin that was asked may release what it reserved. */
  rollBack(): void {
    for (const plugin of this.#asked) plugin.rolledBack?.(this.#request);
  }
}
