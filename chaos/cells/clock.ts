import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { both, type Cell } from '../cell.js';

const movedClock = join(import.meta.dirname, '../faults/moved-clock.mjs');
const minute = 60_000;
let folder = '';

/** Forward and back again, less than the hour by which everything that is sent lies behind. */
export const clockCells: readonly Cell[] = [
  {
    id: '13-clock-steps',
    logs: both,
    seconds: 12,
    // Signatures that say when they were made are refused by a clock that is hours off.
    plan: { hooks: false },
    system: async () => {
      folder = mkdtempSync(join(tmpdir(), 'chaos-clock-'));
      const own = folder;
      return {
        env: { NODE_OPTIONS: `--import ${movedClock}`, CHAOS_CLOCK_FILE: join(folder, 'offset') },
        cleanUp: () => rmSync(own, { recursive: true, force: true }),
      };
    },
    async run({ load, random, note }) {
      const steps: number[] = [];
      let offset = 0;
      for (const share of [0.1, 0.3, 0.5, 0.7]) {
        await load.reaches(share);
        offset = random.between(-45, 120) * minute;
        steps.push(offset / minute);
        writeFileSync(join(folder, 'offset'), String(offset));
        await sleep(300);
      }
      await load.reaches(0.9);
      writeFileSync(join(folder, 'offset'), '0');
      note(`the clock stood ${steps.join(', ')} and 0 min off`);
    },
  },
];
