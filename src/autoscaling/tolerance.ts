import { parseQuantity, quantityToNumber } from '../apimachinery/index.ts';
import type { HorizontalPodAutoscaler } from '../apis/index.ts';

/** How far from its target a metric may be: 0.1 is a tenth. */
export interface Tolerance {
  readonly up: number;
  readonly down: number;
}

/** When nothing else was said. */
const USUAL = 0.1;

export function toleranceOf({ spec }: HorizontalPodAutoscaler): Tolerance {
  const { scaleUp, scaleDown } = spec.behavior ?? {};
  const read = (text: string | undefined) => (text === undefined ? USUAL : quantityToNumber(parseQuantity(text)));
  return { up: read(scaleUp?.tolerance), down: read(scaleDown?.tolerance) };
}

export function isTolerated({ up, down }: Tolerance, ratio: number): boolean {
  return ratio >= 1 - down && ratio <= 1 + up;
}
