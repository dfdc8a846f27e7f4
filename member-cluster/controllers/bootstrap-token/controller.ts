import { isNotFound, parseTime } from '../../../src/apimachinery/index.ts';
import { secrets, type Secret } from '../../../src/apis/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';

const NAMESPACE = 'kube-system';
const FIELD_SELECTOR = 'type=bootstrap.kubernetes.io/token';

/** Deletes the tokens of nodes that join when they are over: nobody can use them, and nobody else would clean up. */
export const bootstrapTokenController: ControllerDefinition = {
  name: 'token-cleaner',
  build({ informers, client, clock }, queue) {
    const informer = informers.of(secrets, { fieldSelector: FIELD_SELECTOR });
    informer.onEvent(({ type, key, object }) => {
      if (type !== 'delete' && object.metadata.namespace === NAMESPACE) queue.add(key);
    });
    return async (key, signal) => {
      const secret = informer.lister.get(key);
      const end = secret === undefined ? undefined : endOf(secret);
      if (secret === undefined || end === undefined) return {};
      const { name = '', uid = '' } = secret.metadata;
      if (end > clock.now()) return { requeueAfterMs: Math.min(end - clock.now(), LONGEST_WAIT_MS) };
      try {
        await client.delete(secrets, { namespace: NAMESPACE, name }, { preconditions: { uid }, signal });
      } catch (err) {
        if (!isNotFound(err)) throw err;
      }
      return {};
    };
  },
};

/** Timers hold no more than 2^31 milliseconds. */
const LONGEST_WAIT_MS = 24 * 60 * 60_000;

/** `undefined`: never. What says it wrongly stays for its owner to see. */
function endOf({ data }: Secret): number | undefined {
  return parseTime(Buffer.from(data?.['expiration'] ?? '', 'base64').toString('utf8'));
}
