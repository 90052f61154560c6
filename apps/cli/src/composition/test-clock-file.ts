import { join } from 'node:path';
import { readJson, writeJson } from './credentials.js';
import { OperatorError } from './operator-error.js';

const file = (dataDir: string) => join(dataDir, 'test-clock.json');

/** Where the test clock begins: at `wished`, unless the folder has been later than that already. */
export function resumeTestClock(dataDir: string, wished: Date): Date {
  const kept = readJson<{ now: string }>(file(dataDir));
  if (kept && wished < new Date(kept.now)) throw new OperatorError(`this data folder has been at ${kept.now}: time does not go back, start with --test-clock ${kept.now} or later`);
  saveTestClock(dataDir, wished);
  return wished;
}

export function saveTestClock(dataDir: string, now: Date): void {
  writeJson(file(dataDir), { now: now.toISOString() });
}
