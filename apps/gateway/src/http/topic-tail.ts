import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { EVENT_LOG, type EventLog, type LogRecord } from '@perennial/messaging/event-log';
import { setTimeout as sleep } from 'node:timers/promises';

const lookEveryMs = 250;
const page = 200;

export interface TailedEvent {
  readonly partition: number;
  readonly offset: string;
  readonly time: string;
  readonly type: string;
  readonly key: string | null;
  /** Parsed JSON; null where the record holds none. */
  readonly data: unknown;
}

/** Follows a topic for people: reads without a group, so it moves nobody's position. */
@Injectable()
export class TopicTail implements BeforeApplicationShutdown {
  private stopped = false;

  constructor(@Inject(EVENT_LOG) private readonly log: EventLog) {}

  /** Events as they come, oldest first within one look, until `isOver`. */
  async *follow(topic: string, from: 'start' | 'now', key: string | null, isOver: () => boolean): AsyncGenerator<TailedEvent> {
    const positions = new Map((await this.log.watermarks(topic)).map(({ partition, low, high }) => [partition, from === 'start' ? low : high]));
    while (!isOver() && !this.stopped) {
      const found = (await Promise.all([...positions].map(([partition, position]) => this.readOn(topic, partition, position, positions)))).flat();
      const events = found.filter(({ record }) => key === null || record.key === key).sort((a, b) => a.record.timestamp.getTime() - b.record.timestamp.getTime());
      for (const { partition, record } of events) yield eventOf(partition, record);
      if (found.length === 0) await sleep(lookEveryMs);
    }
  }

  beforeApplicationShutdown(): void {
    this.stopped = true;
  }

  private async readOn(topic: string, partition: number, position: bigint, positions: Map<number, bigint>): Promise<{ partition: number; record: LogRecord }[]> {
    const records = await this.log.read(topic, partition, position, page);
    const last = records.at(-1);
    if (last) positions.set(partition, last.offset + 1n);
    return records.map((record) => ({ partition, record }));
  }
}

function eventOf(partition: number, record: LogRecord): TailedEvent {
  return {
    partition, offset: record.offset.toString(), time: record.headers['ce_time'] ?? record.timestamp.toISOString(), type: record.headers['ce_type'] ?? '', key: record.key,
    data: parse(record.value),
  };
}

function parse(value: Buffer | null): unknown {
  try {
    return value === null ? null : (JSON.parse(value.toString('utf8')) as unknown);
  } catch {
    return null;
  }
}
