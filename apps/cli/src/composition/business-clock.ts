import { SystemClock, TestClock, type Clock } from '@perennial/service-kit/clock';
import { join } from 'node:path';
import { readJson, writeJson } from './credentials.js';
import { OperatorError } from './operator-error.js';

/** How far the folder's business time has come; `real`: it went on by the machine's clock from there. */
interface Kept {
  readonly now: string;
  readonly real: boolean;
}

const file = (dataDir: string) => join(dataDir, 'test-clock.json');

/**
 * The clock a folder is started with: a test clock that begins at `wished`, or without one the machine's.
 * Business time never goes back: throws when the folder has been later than that already.
 */
export function resumeClock(dataDir: string, wished: Date | null, realNow = new Date()): Clock {
  const kept = readJson<Kept>(file(dataDir));
  if (wished === null && kept?.real) return new SystemClock();
  const reached = kept && (kept.real && new Date(kept.now) < realNow ? realNow.toISOString() : kept.now);
  if (reached && (wished ?? realNow) < new Date(reached)) {
    throw new OperatorError(`this data folder has been at ${reached}${wished ? '' : ' by its test clock'}: time does not go back, start with --test-clock ${reached} or later${wished ? '' : ', or choose another --data-dir'}`);
  }
  return wished ? new TestClock(wished) : new SystemClock();
}

/** Keeps in the folder how far its time has come; called at the start (by whoever holds the folder) and before each move. */
export function saveClock(dataDir: string, clock: Clock, now = clock.now()): void {
  writeJson(file(dataDir), { now: now.toISOString(), real: clock instanceof SystemClock } satisfies Kept);
}
