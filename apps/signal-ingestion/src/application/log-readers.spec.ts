import { peopleTopic, riskChangesTopic } from '@perennial/contracts/topics';
import { Fatal, Transient } from '@perennial/messaging/errors';
import type { EventLog } from '@perennial/messaging/event-log';
import { LogReaders } from './log-readers.js';

/** Two topics; the others are nobody's. Ends and what groups have committed, of partition 0. */
class Ends {
  readonly high = new Map([[riskChangesTopic.name, 5n], [peopleTopic.name, 0n]]);
  readonly read = new Map<string, bigint>([['notifications.risk-changes', 5n]]);
  isAway = false;
  readonly readers = new LogReaders({
    watermarks: async (topic: string) => {
      if (this.isAway) throw new Transient('away');
      const high = this.high.get(topic);
      if (high === undefined) throw new Fatal('no such topic');
      return [{ partition: 0, low: 0n, high }, { partition: 1, low: 7n, high: 7n }];
    },
    committed: async (group: string) => new Map(this.read.has(group) ? [[0, this.read.get(group)!]] : []),
  } as unknown as EventLog);
}

describe('readers of the log', () => {
  it('have passed what was there when it was first asked, whatever comes after', async () => {
    const { readers, read, high } = new Ends();
    read.set('playbook-orchestration.risk-changes', 3n);
    expect(await readers.havePassed('a')).toBe(false);
    high.set(riskChangesTopic.name, 9n);
    read.set('playbook-orchestration.risk-changes', 5n);
    expect(await readers.havePassed('b')).toBe(false);
    expect(await readers.havePassed('a')).toBe(true);
    // Asked again, it is about now.
    expect(await readers.havePassed('a')).toBe(false);
  });

  it('are those groups that ever read something', async () => {
    expect(await new Ends().readers.havePassed('a')).toBe(true);
    const { readers, read } = new Ends();
    read.set('health-scoring.risk-changes', 0n);
    expect(await readers.havePassed('a')).toBe(false);
  });

  it('are unknown while the log is away, and asked about from then on', async () => {
    const ends = new Ends();
    ends.isAway = true;
    await expect(ends.readers.havePassed('a')).rejects.toThrow(Transient);
    ends.isAway = false;
    expect(await ends.readers.havePassed('a')).toBe(true);
  });
});
