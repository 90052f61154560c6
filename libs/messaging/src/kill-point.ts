/** Where a test may kill the process; each name stands at exactly one line of the code. */
export type KillPoint =
  | 'consumer.before-handler'
  | 'consumer.after-handler'
  | 'consumer.before-commit'
  | 'consumer.before-hint'
  | 'consumer.after-dead-letter'
  | 'dead-letters.after-replay'
  | 'relay.before-send'
  | 'relay.after-send'
  | 'outbox.after-publish';

// Read once: each look at the environment is a call to the system, and these points stand where every event passes.
const [wanted = '', nth = '1'] = process.env['PERENNIAL_TEST'] === '1' ? (process.env['PERENNIAL_KILL_POINT'] ?? '').split(':') : [];
let passed = 0;

/**
 * Kills the own process with SIGKILL when PERENNIAL_KILL_POINT names this point, `name` or `name:nth`
 * (from 1). Does nothing unless PERENNIAL_TEST=1. Services name points of their own.
 */
export function killPoint(name: KillPoint | (string & {})): void {
  if (name !== wanted) return;
  passed++;
  if (passed === Number(nth)) process.kill(process.pid, 'SIGKILL');
}
