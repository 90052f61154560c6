import { TestClock } from './clock.js';
import { DailyPurge } from './daily-purge.js';

class Purge extends DailyPurge {
  rows: Date[] = [];
  stubborn = false;
  protected async oldest(): Promise<Date | null> {
    return this.rows.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null;
  }
  protected async forgetBefore(instant: Date): Promise<void> {
    if (!this.stubborn) this.rows = this.rows.filter((row) => row >= instant);
  }
}

const day = (n: number, time = '10:00:00') => new Date(`2026-03-${String(n).padStart(2, '0')}T${time}Z`);
const purgeAt = (now: Date, ...rows: Date[]) => Object.assign(new Purge(new TestClock(now), 5), { rows });

describe('DailyPurge', () => {
  it.each([
    ['after the oldest has been kept', day(10), [day(8), day(7)], day(13, '03:00:00')],
    ['at once where it should have been before', day(20), [day(7)], day(13, '03:00:00')],
    ['when the next one could be, where there is none', day(10), [], day(16, '03:00:00')],
    ['as if the oldest came now, where its time lies ahead', day(10), [day(25)], day(16, '03:00:00')],
    ['on the same day, where it was kept before three', day(10), [day(7, '02:00:00')], day(12, '03:00:00')],
  ])('is due %s', async (_, now, rows, due) => {
    expect(await purgeAt(now, ...rows).nextDueAt()).toEqual(due);
  });

  it('forgets what was kept for so long, and keeps the rest', async () => {
    const purge = purgeAt(day(20), day(7), day(15, '02:59:59'), day(15, '03:00:00'), day(18));
    await purge.runDue(day(20, '03:00:00'));
    expect(purge.rows).toEqual([day(15, '03:00:00'), day(18)]);
    expect(await purge.nextDueAt()).toEqual(day(21, '03:00:00'));
  });

  it('waits for the next day where something old stays', async () => {
    const purge = Object.assign(purgeAt(day(20), day(1)), { stubborn: true });
    await purge.runDue(day(20));
    expect(await purge.nextDueAt()).toEqual(day(21, '03:00:00'));
  });
});
