import { deepEqual, type KubeObject } from '../../../apimachinery/index.ts';
import type { AdmissionRequest } from '../../admission.ts';

/**
 * What each policy and webhook left behind when it was asked: those that wish so are asked once more when somebody
 * behind them changed the object.
 */
export class Reinvocation {
  readonly #left = new Map<string, KubeObject>();
  #isAgain = false;

  /** Whether it is to be asked now about this object. */
  wants(key: string, reinvocationPolicy: string | undefined, object: KubeObject | undefined): boolean {
    if (!this.#isAgain) return true;
    const left = this.#left.get(key);
    return reinvocationPolicy === 'IfNeeded' && left !== undefined && !deepEqual(left, object);
  }

  asked(key: string, object: KubeObject): void {
    this.#left.set(key, object);
  }

  /** How often everybody was asked before. */
  get round(): 0 | 1 {
    return this.#isAgain ? 1 : 0;
  }

  /** From now on only those who wish so are asked. */
  begin(): void {
    this.#isAgain = true;
  }
}

/** The request as it is after an object was changed on the way. */
export function withObject(request: AdmissionRequest, object: KubeObject): AdmissionRequest {
  return { ...request, object };
}
