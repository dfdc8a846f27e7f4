import { internalError, isStatusError } from '../../apimachinery/index.ts';
import type { OpenWatch } from '../registry/watch.ts';
import type { StreamingAnswer } from './api-request.ts';
import type { Renderer } from './render.ts';

/** A watch as a stream of lines; what goes wrong once it runs is told by an ERROR event, its last. */
export function watchAnswer(watch: OpenWatch, renderer: Renderer, sent: () => void): StreamingAnswer {
  return {
    type: 'stream',
    contentType: 'application/json',
    run: async (write, signal) => {
      let first = true;
      try {
        await watch.run((event) => {
          write(renderer.line(event, first));
          first = false;
          sent();
        }, signal);
      } catch (err) {
        if (signal.aborted) return;
        const { status } = isStatusError(err) ? err : internalError(err);
        write(Buffer.from(`${JSON.stringify({ type: 'ERROR', object: status })}\n`));
      }
    },
  };
}
