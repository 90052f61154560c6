/** Business time (receivedAt, asOf, due dates, expiries that users see). Nothing else reads the machine's clock for these. */
export abstract class Clock {
  abstract now(): Date;
}

export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}

/** Stands still until moved; never goes back. */
export class TestClock extends Clock {
  constructor(private instant: Date) {
    super();
  }

  now(): Date {
    return new Date(this.instant);
  }

  /** Moves forward to `to`; refuses to go back. */
  advance(to: Date): void {
    if (to < this.instant) throw new RangeError(`the test clock stands at ${this.instant.toISOString()} and cannot go back to ${to.toISOString()}`);
    this.instant = new Date(to);
  }
}
