import type { Node } from '../../../src/apis/index.ts';
import { nodes } from '../../../src/apis/index.ts';
import { aborted, type Logger, type Runnable } from '../../../src/component-base/index.ts';
import type { InformerSet } from '../../../src/controller/index.ts';

/** On a Node, with the value `true`: it goes dark, as if somebody had pulled its plug, until the annotation is gone. */
const HOLLOW_DOWN = 'koinon.dev/hollow-down';

export const isNodeDown = ({ metadata }: Node): boolean => metadata.annotations?.[HOLLOW_DOWN] === 'true';

/** Whether a hollow node has power. */
export interface NodePower extends Runnable {
  readonly isOn: boolean;
  /** Returns how to stop listening. */
  onChange(listener: () => void): () => void;
}

/** The power of the node of this name, as its annotation says. */
export function createNodePower(
  nodeName: string,
  { informers, log }: { readonly informers: InformerSet; readonly log: Logger },
): NodePower {
  const listeners = new Set<() => void>();
  const informer = informers.of(nodes);
  const state = { isOn: true };
  const look = () => {
    const node = informer.lister.get(nodeName);
    const isOn = node === undefined || !isNodeDown(node);
    if (isOn === state.isOn) return;
    state.isOn = isOn;
    log.info({ node: nodeName }, isOn ? 'hollow node is up again' : 'hollow node goes dark');
    for (const listener of listeners) listener();
  };
  return {
    name: `power of ${nodeName}`,
    get isOn() {
      return state.isOn;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async run(signal, ready) {
      const stop = informer.onEvent(({ key }) => {
        if (key === nodeName) look();
      });
      try {
        await informers.synced(signal);
        look();
        ready();
        await aborted(signal);
      } catch (err) {
        if (!signal.aborted) throw err;
      } finally {
        stop();
      }
    },
  };
}
