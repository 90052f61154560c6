import { peopleTopic, riskChangesTopic } from '@perennial/contracts/topics';
import { Fatal, Transient } from '@perennial/messaging/errors';
import type { EventLog } from '@perennial/messaging/event-log';
import { TestClock } from '@perennial/service-kit/clock';
import { globSync, readFileSync } from 'node:fs';
import { LogReaders, readingServices } from './log-readers.js';

/** Two topics; the others are nobody's. Ends and what groups have committed, of partition 0. */
class Ends {
  readonly high = new Map([[riskChangesTopic.name, 5n], [peopleTopic.name, 0n]]);
  readonly read = new Map<string, bigint>([['notifications.risk-changes', 5n]]);
  readonly asked: string[] = [];
  readonly clock = new TestClock(new Date('2026-03-02T09:00:00Z'));
  isAway = false;
  readonly readers = new LogReaders({
    watermarks: async (topic: string) => {
      if (this.isAway) throw new Transient('away');
      const high = this.high.get(topic);
      if (high === undefined) throw new Fatal('no such topic');
      return [{ partition: 0, low: 0n, high }, { partition: 1, low: 7n, high: 7n }];
    },
    committed: async (group: string) => {
      this.asked.push(group);
      return new Map(this.read.has(group) ? [[0, this.read.get(group)!]] : []);
    },
  } as unknown as EventLog, this.clock);
}

describe('readers of the log', () => {
  it('have passed what was there when it was first asked, whatever comes after', async () => {
    const { readers, read, high } = new Ends();
    read.set('playbook-orchestration.risk-changes', 3n);
    expect(await readers.behind('a')).toEqual(['playbook-orchestration.risk-changes']);
    high.set(riskChangesTopic.name, 9n);
    read.set('playbook-orchestration.risk-changes', 5n);
    expect(await readers.behind('b')).toEqual(['playbook-orchestration.risk-changes', 'notifications.risk-changes']);
    expect(await readers.behind('a')).toEqual([]);
    // Asked again, it is about now.
    expect(await readers.behind('a')).toEqual(['playbook-orchestration.risk-changes', 'notifications.risk-changes']);
  });

  it('are those groups that ever read something', async () => {
    expect(await new Ends().readers.behind('a')).toEqual([]);
    const { readers, read } = new Ends();
    read.set('health-scoring.risk-changes', 0n);
    expect(await readers.behind('a')).toEqual(['health-scoring.risk-changes']);
  });

  it('are unknown while the log is away, and asked about from then on', async () => {
    const ends = new Ends();
    ends.isAway = true;
    await expect(ends.readers.behind('a')).rejects.toThrow(Transient);
    ends.isAway = false;
    expect(await ends.readers.behind('a')).toEqual([]);
  });

  it('are not asked again while others are behind, once they have passed', async () => {
    const { readers, read, asked } = new Ends();
    read.set('playbook-orchestration.risk-changes', 3n);
    await readers.behind('a');
    expect(asked).toContain('notifications.risk-changes');
    asked.length = 0;
    await readers.behind('a');
    expect(asked).toContain('playbook-orchestration.risk-changes');
    // It may begin to read.
    expect(asked).toContain('health-scoring.risk-changes');
    expect(asked).not.toContain('notifications.risk-changes');
    // Built anew.
    read.set('notifications.risk-changes', 0n);
    read.set('playbook-orchestration.risk-changes', 5n);
    expect(await readers.behind('a')).toEqual(['notifications.risk-changes']);
  });

  it('are forgotten an hour after somebody asked: another process went on, and would never ask here again', async () => {
    const { readers, read, high, clock } = new Ends();
    read.set('playbook-orchestration.risk-changes', 3n);
    await readers.behind('passed elsewhere');
    await readers.behind('waits');
    high.set(riskChangesTopic.name, 9n);
    for (let i = 0; i < 4; i++) {
      clock.advance(new Date(clock.now().getTime() + 1_200_000));
      await readers.behind('waits');
    }
    read.set('playbook-orchestration.risk-changes', 5n);
    expect(await readers.behind('waits')).toEqual([]);
    expect(await readers.behind('passed elsewhere')).toHaveLength(2);
  });

  it('are the services that have a handler of a topic', () => {
    const apps = new URL('../../../', import.meta.url).pathname;
    const handlers = globSync('*/src/**/*.ts', { cwd: apps }).filter((file) => /^@Consumes\(/m.test(readFileSync(`${apps}${file}`, 'utf8')));
    expect(handlers.length).toBeGreaterThan(5);
    expect([...new Set(handlers.map((file) => file.split('/', 1)[0]))].sort()).toEqual([...readingServices].sort());
  });
});
