/** One look at the memory: `at` in ms, `mib` in MiB. */
export interface Sample {
  readonly at: number;
  readonly mib: number;
}

const tenMinutes = 600_000;

/** Growth of the memory per ten minutes as a share of its mean: the line that fits best by least squares. */
export function growthPerTenMinutes(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number): number => samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [at, mib] = [mean((sample) => sample.at), mean((sample) => sample.mib)];
  const slope = mean((sample) => (sample.at - at) * (sample.mib - mib)) / mean((sample) => (sample.at - at) ** 2);
  return (slope * tenMinutes) / mib;
}
