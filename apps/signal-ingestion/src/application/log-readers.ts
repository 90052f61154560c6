import { Inject, Injectable } from '@nestjs/common';
import { allTopics } from '@perennial/contracts/topics';
import { Fatal } from '@perennial/messaging/errors';
import { EVENT_LOG, type EventLog, type Watermarks } from '@perennial/messaging/event-log';
import { Clock } from '@perennial/service-kit/clock';

/** Who reads topics; which of them they read shows in what they have read. */
export const readingServices = ['signal-ingestion', 'health-scoring', 'renewal-forecasting', 'playbook-orchestration', 'notifications'];

const groups = readingServices.flatMap((service) => allTopics.map(({ name, stream }) => ({ group: `${service}.${stream}`, topic: name })));

/** A mark that nobody asks for any more was passed in another process, or is none. */
const markLivesMs = 3_600_000;

interface Mark {
  /** Ends of the topics, as they were when somebody first asked. */
  readonly ends: ReadonlyMap<string, readonly Watermarks[]>;
  /** Groups that are asked again only once none of the others is behind. */
  readonly passed: Set<string>;
  readonly askedAt: number;
}

/** How far the services have read. */
@Injectable()
export class LogReaders {
  /** The one that was asked for longest ago comes first. */
  private readonly marks = new Map<string, Mark>();

  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Groups that have yet to read something of what was in the log when this was first asked for `mark`; once there are none, or an hour
   * after it was last asked, and in a process that starts again, that is asked for the first time again. A group that never read
   * anything is none. Throws `Transient` when the log is away.
   */
  async behind(mark: string): Promise<string[]> {
    const { ends, passed } = await this.remembered(mark);
    const before = new Set(passed);
    let behind = await this.behindOf(groups.filter(({ group }) => !before.has(group)), ends, passed);
    // A service that is built anew reads again.
    if (behind.length === 0) behind = await this.behindOf(groups.filter(({ group }) => before.has(group)), ends, passed);
    if (behind.length === 0) this.marks.delete(mark);
    return behind;
  }

  private async behindOf(asked: typeof groups, ends: Mark['ends'], passed: Set<string>): Promise<string[]> {
    const isBehind = await Promise.all(asked.map(async ({ group, topic }) => {
      const written = (ends.get(topic) ?? []).filter(({ low, high }) => high > low);
      const read: ReadonlyMap<number, bigint> = written.length === 0 ? new Map() : await this.log.committed(group, topic);
      const hasPassed = written.every(({ partition, low, high }) => (read.get(partition) ?? low) >= high);
      if (hasPassed) passed.add(group);
      else passed.delete(group);
      return !hasPassed && read.size > 0;
    }));
    return asked.filter((_, at) => isBehind[at]).map(({ group }) => group);
  }

  private async remembered(mark: string): Promise<Mark> {
    const askedAt = this.clock.now().getTime();
    for (const [one, { askedAt: last }] of this.marks) {
      if (askedAt - last < markLivesMs) break;
      this.marks.delete(one);
    }
    const known = this.marks.get(mark) ?? { ends: new Map(await Promise.all(allTopics.map(async ({ name }) => [name, await this.endsOf(name)] as const))), passed: new Set<string>() };
    this.marks.delete(mark);
    this.marks.set(mark, { ...known, askedAt });
    return { ...known, askedAt };
  }

  private async endsOf(topic: string): Promise<readonly Watermarks[]> {
    try {
      return await this.log.watermarks(topic);
    } catch (error) {
      // Nobody writes it here.
      if (error instanceof Fatal) return [];
      throw error;
    }
  }
}
