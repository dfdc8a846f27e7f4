import { compareQuantities, parseQuantity } from '../../apimachinery/index.ts';
import type { Container, Pod } from '../generated/wire-types.ts';

const COUNTED = ['cpu', 'memory'];

/** `Guaranteed`, `Burstable` or `BestEffort`, as the requests and limits of CPU and memory say. */
export function podQosClass({ spec }: Pod): string {
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  if (containers.every((container) => asksForNothing(container))) return 'BestEffort';
  return containers.every((container) => COUNTED.every((name) => isGuaranteed(container, name)))
    ? 'Guaranteed'
    : 'Burstable';
}

function asksForNothing({ resources }: Container): boolean {
  const amounts = [resources?.requests, resources?.limits];
  return amounts.every((amount) => COUNTED.every((name) => isNothing(amount?.[name])));
}

function isGuaranteed({ resources }: Container, name: string): boolean {
  const limit = resources?.limits?.[name];
  const request = resources?.requests?.[name] ?? limit;
  if (limit === undefined || request === undefined || isNothing(limit)) return false;
  const [asked, allowed] = [amount(request), amount(limit)];
  return asked !== undefined && allowed !== undefined && compareQuantities(asked, allowed) === 0;
}

function isNothing(text: string | undefined): boolean {
  const quantity = text === undefined ? undefined : amount(text);
  return quantity === undefined || quantity.nanos === 0n;
}

/** Nothing for what is no quantity; validation names it. */
function amount(text: string) {
  try {
    return parseQuantity(text);
  } catch {
    return undefined;
  }
}
