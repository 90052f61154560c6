/** Index of a ring that holds nothing yet. */
export const never = -1_000_000_000;

/** Sums stop here: below it every step is an exact integer, so that their order cannot matter. */
const ceiling = 2 ** 52;

/**
 * The last `size` days or weeks of a count, by absolute index. What is older than the newest by `size` is
 * forgotten and refused alike, so the content depends on what was added, never on the order.
 */
export interface Ring {
  readonly size: number;
  newest: number;
  /** By index modulo size; empty until something is added, since most rings of most accounts stay so. */
  counts: Float64Array;
}

const none = new Float64Array(0);
export const emptyRing = (size: number): Ring => ({ size, newest: never, counts: none });

const slot = (ring: Ring, index: number): number => ((index % ring.size) + ring.size) % ring.size;

/** Adds a whole number (it may be negative where it takes back an earlier one) at `index`. */
export function addTo(ring: Ring, index: number, amount: number): void {
  if (index > ring.newest) advance(ring, index);
  else if (index <= ring.newest - ring.size) return;
  const at = slot(ring, index);
  ring.counts[at] = Math.min((ring.counts[at] ?? 0) + amount, ceiling);
}

/** Marks `index` as 1, however often it is marked. */
export function markIn(ring: Ring, index: number): void {
  if (index > ring.newest) advance(ring, index);
  else if (index <= ring.newest - ring.size) return;
  ring.counts[slot(ring, index)] = 1;
}

/** The count at `index` becomes at least `value`. */
export function raiseTo(ring: Ring, index: number, value: number): void {
  addTo(ring, index, Math.max(0, value - countAt(ring, index)));
}

function advance(ring: Ring, index: number): void {
  if (ring.counts === none) ring.counts = new Float64Array(ring.size);
  else if (index - ring.newest >= ring.size) ring.counts.fill(0);
  else for (let i = ring.newest + 1; i <= index; i += 1) ring.counts[slot(ring, i)] = 0;
  ring.newest = index;
}

/** The count at `index`; 0 outside the ring. */
export function countAt(ring: Ring, index: number): number {
  if (index > ring.newest || index <= ring.newest - ring.size) return 0;
  return ring.counts[slot(ring, index)] ?? 0;
}

/** Sum over [from, to]; what lies outside the ring counts 0. */
export function sumOf(ring: Ring, from: number, to: number): number {
  const first = Math.max(from, ring.newest - ring.size + 1);
  const last = Math.min(to, ring.newest);
  let sum = 0;
  for (let i = first; i <= last; i += 1) sum += ring.counts[slot(ring, i)] ?? 0;
  return sum;
}
