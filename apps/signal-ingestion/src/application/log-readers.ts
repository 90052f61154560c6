import { Inject, Injectable } from '@nestjs/common';
import { allTopics } from '@perennial/contracts/topics';
import { Fatal } from '@perennial/messaging/errors';
import { EVENT_LOG, type EventLog, type Watermarks } from '@perennial/messaging/event-log';

/** Who reads topics; which of them they read shows in what they have read. */
export const readingServices = ['signal-ingestion', 'health-scoring', 'renewal-forecasting', 'playbook-orchestration', 'notifications'];

/** How far the services have read. */
@Injectable()
export class LogReaders {
  /** Ends of the topics, as they were when somebody first asked. */
  private readonly marks = new Map<string, ReadonlyMap<string, readonly Watermarks[]>>();

  constructor(@Inject(EVENT_LOG) private readonly log: EventLog) {}

  /**
   * Whether every service has read all that was in the log when this was first asked for `mark`; a process that starts again
   * asks for the first time again. A group that never read anything is none. Throws `Transient` when the log is away.
   */
  async havePassed(mark: string): Promise<boolean> {
    const ends = this.marks.get(mark) ?? new Map(await Promise.all(allTopics.map(async ({ name }) => [name, await this.endsOf(name)] as const)));
    this.marks.set(mark, ends);
    const passed = (await Promise.all(readingServices.map((service) => this.hasPassed(service, ends)))).every(Boolean);
    if (passed) this.marks.delete(mark);
    return passed;
  }

  private async hasPassed(service: string, ends: ReadonlyMap<string, readonly Watermarks[]>): Promise<boolean> {
    const topics = await Promise.all(allTopics.map(async ({ name, stream }) => {
      const marks = ends.get(name) ?? [];
      const read: ReadonlyMap<number, bigint> = marks.length === 0 ? new Map() : await this.log.committed(`${service}.${stream}`, name);
      return { isRead: read.size > 0, passed: marks.every(({ partition, low, high }) => high === low || (read.get(partition) ?? low) >= high) };
    }));
    return topics.every(({ isRead, passed }) => passed || !isRead);
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
