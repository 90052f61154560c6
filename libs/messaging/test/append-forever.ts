import { writeSync } from 'node:fs';
import { Transient } from '../src/errors.js';
import { PostgresEventLog } from '../src/postgres/postgres-event-log.js';

/**
 * Appends to the topic argv[3] of the log at argv[2] until it is killed. Every value is new (argv[4] and a
 * number) and never sent twice; one that was acknowledged is written to standard output before the next.
 */
const [, , url = '', topic = '', prefix = ''] = process.argv;
const log = await PostgresEventLog.open({ url });
say('ready\n');
let next = 0;

/** Standard output is a pipe that does not block: a reader that is behind has it refuse (EAGAIN) until there is room again. */
function say(text: string): void {
  for (let rest = Buffer.from(text); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

async function caller(): Promise<void> {
  for (;;) {
    const records = Array.from({ length: 1 + (next % 4) }, () => {
      const n = next++;
      return { key: `account-${n % 50}`, value: Buffer.from(`${prefix}-${n}`), headers: { n: String(n) } };
    });
    try {
      await log.append(topic, records);
      say(records.map(({ value }) => `${value.toString()}\n`).join(''));
    } catch (error) {
      if (!(error instanceof Transient)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

await Promise.all(Array.from({ length: 12 }, caller));
