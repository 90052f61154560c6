// Moves the clock of the process it is preloaded into by what stands, in ms, in the file named by CHAOS_CLOCK_FILE.
// Dates move; timers and the monotonic clock do not, as when an operator or NTP sets the clock.
import { readFileSync } from 'node:fs';

const file = process.env.CHAOS_CLOCK_FILE;
const RealDate = Date;
let offset = 0;

const read = () => {
  try {
    offset = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    // Not written yet.
  }
};
read();
setInterval(read, 100).unref();

globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + offset);
    else super(...given);
  }

  static now() {
    return RealDate.now() + offset;
  }
};
