import { Transient } from '@perennial/persistence/errors';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { SystemClock, TestClock } from './clock.js';
import type { DueWork } from './due-work.js';
import { DueWorkRunner } from './due-work-runner.js';
import { createLogger } from './logging.js';

const silent = pino({ level: 'silent' });
const at = (iso: string) => new Date(`2026-01-01T${iso}Z`);

/** Due instants as a table would hold them; takes at most `batch` a call. */
class Agenda implements DueWork {
  done: string[] = [];
  looks = 0;
  failures = 0;
  fault: Error = new Error('a bug');
  constructor(public dues: Date[], private readonly batch = 10) {}
  async nextDueAt(): Promise<Date | null> {
    this.looks++;
    return this.dues.toSorted((a, b) => +a - +b)[0] ?? null;
  }
  async runDue(now: Date): Promise<void> {
    if (this.failures-- > 0) throw this.fault;
    const due = this.dues.filter((d) => d <= now).slice(0, this.batch);
    this.dues = this.dues.filter((d) => !due.includes(d));
    this.done.push(...due.map((d) => d.toISOString().slice(11, 19)));
  }
}

async function untilSettled(runner: DueWorkRunner): Promise<void> {
  for (let i = 0; i < 400 && !(await runner.settled()); i++) await sleep(5);
  expect(await runner.settled()).toBe(true);
}

let runner: DueWorkRunner;
afterEach(() => runner.stop());

describe('under a test clock', () => {
  it('runs what is due and no more, and moves on only when nudged after the clock moved', async () => {
    const clock = new TestClock(at('10:00:00'));
    const agenda = new Agenda([at('09:00:00'), at('10:00:00'), at('11:00:00')]);
    runner = new DueWorkRunner(clock, silent);
    runner.start([agenda]);
    await untilSettled(runner);
    expect(agenda.done).toEqual(['09:00:00', '10:00:00']);
    expect(await runner.nextDueAt()).toEqual(at('11:00:00'));

    clock.advance(at('11:00:00'));
    expect(await runner.settled()).toBe(false);
    const looks = agenda.looks;
    await sleep(40);
    expect(agenda.looks).toBe(looks);
    runner.nudge();
    await untilSettled(runner);
    expect(agenda.done).toHaveLength(3);
  });

  it('works off many rows of one instant, batch by batch', async () => {
    const agenda = new Agenda(Array.from({ length: 95 }, () => at('10:00:00')), 10);
    runner = new DueWorkRunner(new TestClock(at('10:00:00')), silent);
    runner.start([agenda]);
    await untilSettled(runner);
    expect(agenda.done).toHaveLength(95);
  });

  it('tries again after an error and is not settled meanwhile', async () => {
    const agenda = new Agenda([at('10:00:00')]);
    agenda.failures = 2;
    runner = new DueWorkRunner(new TestClock(at('10:00:00')), silent);
    runner.start([agenda]);
    await sleep(30);
    expect(await runner.settled()).toBe(false);
    await untilSettled(runner);
    expect(agenda.done).toEqual(['10:00:00']);
  });

  it.each([
    [new Error('a bug'), { level: 'error', msg: 'due work failed', err: { message: 'a bug' } }],
    [new Transient('the database is away'), { level: 'warn', msg: 'due work has to wait', reason: 'the database is away' }],
  ])('tells a fault of the software from what has to be waited for: %s', async (fault, line) => {
    const lines: string[] = [];
    const agenda = Object.assign(new Agenda([at('10:00:00')]), { failures: 1, fault });
    runner = new DueWorkRunner(new TestClock(at('10:00:00')), createLogger({ destination: { write: (text) => void lines.push(text) } }));
    runner.start([agenda]);
    await untilSettled(runner);
    expect(lines.map((text) => JSON.parse(text) as unknown)).toEqual([expect.objectContaining({ ...line, work: 'Agenda', ...('err' in line ? { err: expect.objectContaining(line.err) as unknown } : {}) })]);
  });

  it('is busy from the nudge on, so that nobody sees it settled in between', async () => {
    const agenda = new Agenda([]);
    runner = new DueWorkRunner(new TestClock(at('10:00:00')), silent);
    runner.start([agenda]);
    await untilSettled(runner);
    runner.nudge();
    expect(await runner.settled()).toBe(false);
    await untilSettled(runner);
  });
});

describe('under the system clock', () => {
  it('wakes by itself when something falls due', async () => {
    const agenda = new Agenda([new Date(Date.now() + 60)]);
    runner = new DueWorkRunner(new SystemClock(), silent);
    runner.start([agenda]);
    await sleep(20);
    expect(agenda.done).toHaveLength(0);
    await sleep(120);
    expect(agenda.done).toHaveLength(1);
  });

  it('notices rows of other replicas within the poll time, and does not spin while rows are held elsewhere', async () => {
    const agenda = new Agenda([]);
    runner = new DueWorkRunner(new SystemClock(), silent, 30);
    runner.start([agenda]);
    await sleep(10);
    agenda.dues = [new Date()];
    await sleep(80);
    expect(agenda.done).toHaveLength(1);

    agenda.runDue = async () => {};
    agenda.dues = [new Date()];
    agenda.looks = 0;
    await sleep(300);
    expect(agenda.looks).toBeLessThan(12);
  });

  it('is woken by what falls due before its next look, and by nothing later', async () => {
    const agenda = new Agenda([]);
    runner = new DueWorkRunner(new SystemClock(), silent, 200);
    runner.start([agenda]);
    await sleep(10);
    const looks = agenda.looks;
    runner.nudge(new Date(Date.now() + 10_000));
    await sleep(20);
    expect(agenda.looks).toBe(looks);
    agenda.dues = [new Date(Date.now() + 30)];
    runner.nudge(agenda.dues[0]);
    await sleep(80);
    expect(agenda.done).toHaveLength(1);
  });

  it('stops after the work in hand', async () => {
    let finished = false;
    runner = new DueWorkRunner(new SystemClock(), silent);
    runner.start([{ nextDueAt: async () => new Date(0), runDue: async () => { await sleep(30); finished = true; } }]);
    await sleep(5);
    await runner.stop();
    expect(finished).toBe(true);
  });

  it('lets a slow work not hold the others', async () => {
    const agenda = new Agenda([new Date(0)]);
    runner = new DueWorkRunner(new SystemClock(), silent);
    runner.start([{ nextDueAt: async () => new Date(0), runDue: () => sleep(100) }, agenda]);
    await sleep(30);
    expect(agenda.done).toHaveLength(1);
  });
});
