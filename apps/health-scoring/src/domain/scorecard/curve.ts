import type { Fault } from '@perennial/contracts/validator';
import { Type, type Static } from 'typebox';

/** Points of a monotone piecewise-linear curve: [value, points], values strictly rising. */
export const Curve = Type.Array(Type.Unsafe<[number, number]>(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })), { minItems: 2, maxItems: 20 });
export type Curve = Static<typeof Curve>;

/** Points of `value`, linear between the stated values and flat outside them. */
export function pointsOn(curve: Curve, value: number): number {
  let left = curve[0];
  if (left === undefined || value <= left[0]) return left?.[1] ?? 0;
  for (let i = 1; i < curve.length; i += 1) {
    const right = curve[i];
    if (right === undefined) break;
    if (value <= right[0]) return left[1] + ((right[1] - left[1]) * (value - left[0])) / (right[0] - left[0]);
    left = right;
  }
  return left[1];
}

/** The value nearest to where the curve is worst at which it gives `points`; null where it never does. */
export function valueOn(curve: Curve, points: number): number | null {
  const [first, last] = [curve[0]!, curve.at(-1)!];
  const rising = first[1] <= last[1] ? curve : [...curve].reverse();
  for (let i = 0; i < rising.length; i += 1) {
    const [value, reached] = rising[i]!;
    if (reached < points) continue;
    const before = rising[i - 1];
    return before === undefined ? value : before[0] + ((value - before[0]) * (points - before[1])) / (reached - before[1]);
  }
  return null;
}

/** The first corner that makes a curve unusable; null for a good one. */
export function curveFault(curve: Curve): Fault | null {
  let direction = 0;
  for (let i = 0; i < curve.length; i += 1) {
    const [before, corner] = [curve[i - 1], curve[i]!];
    const fault = (detail: string): Fault => ({ pointer: `/${i}`, detail });
    if (corner[1] < 0 || corner[1] > 100) return fault('its points must lie between 0 and 100');
    if (before === undefined) continue;
    if (corner[0] <= before[0]) return fault('its value must be above that of the corner before');
    const step = Math.sign(corner[1] - before[1]);
    if (step !== 0 && direction !== 0 && step !== direction) return fault('the curve turns here: its points must only rise or only fall');
    if (step !== 0) direction = step;
  }
  return null;
}
