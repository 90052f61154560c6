import type { RunningService } from '@perennial/service-kit/service';
import type { TestClock } from '@perennial/service-kit/clock';
import { setTimeout as sleep } from 'node:timers/promises';

const settleTimeoutMs = 120_000;
const lookMs = 5;

/** Waits until every service is settled, seen twice running. Throws when that does not come about. */
export async function untilSettled(services: readonly RunningService[], timeoutMs = settleTimeoutMs): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  for (let seen = 0; seen < 2; ) {
    const settled = (await Promise.all(services.map((service) => service.settled()))).every(Boolean);
    seen = settled ? seen + 1 : 0;
    if (performance.now() > giveUpAt) {
      const restless = (await Promise.all(services.map(async (service) => ((await service.settled()) ? null : service.name)))).filter(Boolean);
      throw new Error(`not settled within ${timeoutMs / 1000} s: ${restless.join(', ')}`);
    }
    if (seen < 2) await sleep(lookMs);
  }
}

/**
 * Moves the test clock of a whole system from one due instant to the next; at each it waits until all work
 * of that instant is done. One move at a time; `now` is handed to `persist` before anything happens at it.
 */
export class TestClockDriver {
  private moving: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly clock: TestClock,
    private readonly services: () => readonly RunningService[],
    private readonly persist: (now: Date) => void,
  ) {}

  now(): Date {
    return this.clock.now();
  }

  /** Resolves when all that fell due up to `to` has been worked off. Throws a RangeError for an instant in the past. */
  advance(to: Date): Promise<void> {
    const move = this.moving.then(() => this.moveTo(to));
    this.moving = move.catch(() => undefined);
    return move;
  }

  private async moveTo(to: Date): Promise<void> {
    if (to < this.clock.now()) this.clock.advance(to);
    const services = this.services();
    for (;;) {
      await untilSettled(services);
      if (this.clock.now() >= to) return;
      const dues = (await Promise.all(services.map((service) => service.nextDueAt()))).filter((due) => due !== null && due > this.clock.now());
      const next = dues.reduce<Date>((earliest, due) => (due !== null && due < earliest ? due : earliest), to);
      this.persist(next);
      this.clock.advance(next);
      for (const service of services) service.nudge();
    }
  }
}
