import { keyOf } from '../../src/apimachinery/index.ts';
import type { ConfigMap } from '../../src/apis/index.ts';
import type { Informer } from '../../src/controller/index.ts';
import { RESTORED_MARK, unconfirmed, type Restoration } from './restored-mark.ts';

const KEY = keyOf({ metadata: RESTORED_MARK });

/**
 * From a restore until somebody confirms it: what a backup does not know of may be wanted all the same, so nothing is
 * removed on its word.
 */
export class RemovalHold {
  readonly #configMaps: Informer<ConfigMap>;

  /** To be asked once that is synced. */
  constructor(configMaps: Informer<ConfigMap>) {
    this.#configMaps = configMaps;
  }

  get restoration(): Restoration | undefined {
    return unconfirmed(this.#configMaps.lister.get(KEY));
  }

  get holds(): boolean {
    return this.restoration !== undefined;
  }

  /** It may have begun or ended. What is given back ends the calls. */
  onChange(handler: () => void): () => void {
    return this.#configMaps.onEvent(({ key }) => {
      if (key === KEY) handler();
    });
  }
}
