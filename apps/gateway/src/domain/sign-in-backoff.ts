/** What failed sign-ins are counted by: an address of the network alone, or with an e-mail. */
export type Counted = 'e-mail-and-address' | 'e-mail' | 'address';

/** Failures that cost nothing, then seconds that double from 1 up to a ceiling. A shared address is given more. */
const rules: Record<Counted, { free: number; ceilingSeconds: number }> = {
  'e-mail-and-address': { free: 5, ceilingSeconds: 900 },
  address: { free: 30, ceilingSeconds: 900 },
  // Guards against guessing from many addresses; low ceiling, or anybody could lock somebody else out.
  'e-mail': { free: 50, ceilingSeconds: 30 },
};

/** Failures older than this are forgotten. */
export const forgetAfterSeconds = 3_600;

/** Seconds to wait after the `failures`-th failure in a row before the next try is looked at. */
export function blockedSeconds(counted: Counted, failures: number): number {
  const { free, ceilingSeconds } = rules[counted];
  return failures < free ? 0 : Math.min(ceilingSeconds, 2 ** Math.min(20, failures - free));
}
