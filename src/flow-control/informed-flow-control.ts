import { flowSchemas, priorityLevelConfigurations } from '../apis/index.ts';
import type { FlowControlSource } from '../apiserver/index.ts';
import type { InformerSet } from '../controller/index.ts';

/** What a server divides its answers by, as its own informers know it; they are asked for with the first request. */
export function informedFlowControl(informers: () => InformerSet): FlowControlSource {
  const schemas = () => informers().of(flowSchemas);
  const levels = () => informers().of(priorityLevelConfigurations);
  return {
    flowSchemas: () => schemas().lister.list(),
    priorityLevels: () => levels().lister.list(),
    onChange(changed) {
      const stops = [schemas().onEvent(changed), levels().onEvent(changed)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
