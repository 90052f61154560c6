/** Seeded chance (mulberry32): the same simulation on every run. */
export class Chance {
  constructor(private seed: number) {}

  /** Uniform in [0, 1). */
  next(): number {
    let t = (this.seed += 0x6d2b79f5);
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** A count with this mean; above 50 by the normal approximation. */
  poisson(mean: number): number {
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    const end = Math.exp(-mean);
    let count = 0;
    for (let product = this.next(); product > end; product *= this.next()) count += 1;
    return count;
  }
}
