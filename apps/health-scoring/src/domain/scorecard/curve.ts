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

/** What makes a curve unusable; null for a good one. */
export function curveFault(curve: Curve): string | null {
  let direction = 0;
  for (let i = 1; i < curve.length; i += 1) {
    const [a, b] = [curve[i - 1], curve[i]];
    if (a === undefined || b === undefined) continue;
    if (b[0] <= a[0]) return 'its values must rise';
    if (Math.min(a[1], b[1]) < 0 || Math.max(a[1], b[1]) > 100) return 'its points must lie between 0 and 100';
    const step = Math.sign(b[1] - a[1]);
    if (step !== 0 && direction !== 0 && step !== direction) return 'its points must only rise or only fall';
    if (step !== 0) direction = step;
  }
  return null;
}
