import type { EventLog } from '@perennial/messaging/event-log';

const page = 2_000;

/** Reads what a topic took since the last look, to be compared with what its producers were promised. */
export class TopicLedger {
  private readonly positions = new Map<number, bigint>();

  constructor(
    private readonly log: EventLog,
    private readonly topic: string,
  ) {}

  /** Skips what is there already. */
  async skip(): Promise<void> {
    for (const { partition, high } of await this.log.watermarks(this.topic)) this.positions.set(partition, high);
  }

  /** CloudEvents ids of the new records, whatever their order. */
  async ids(): Promise<string[]> {
    const found: string[] = [];
    for (const { partition, low, high } of await this.log.watermarks(this.topic)) {
      let at = this.positions.get(partition) ?? low;
      while (at < high) {
        const records = await this.log.read(this.topic, partition, at, page);
        if (records.length === 0) break;
        for (const { headers } of records) found.push(headers['ce_id'] ?? '');
        at = records.at(-1)!.offset + 1n;
      }
      this.positions.set(partition, at);
    }
    return found;
  }

  /** Null when the new records are exactly the accepted ids, each once; else what differs. */
  async fault(accepted: readonly string[]): Promise<string | null> {
    const wanted = new Set(accepted);
    const found = await this.ids();
    const seen = new Set(found);
    const lost = accepted.filter((id) => !seen.has(id)).length;
    const unexpected = found.filter((id) => !wanted.has(id)).length;
    const doubled = found.length - seen.size;
    return lost + unexpected + doubled === 0 ? null : `of ${accepted.length} accepted ids ${lost} are lost, ${doubled} doubled, ${unexpected} unexpected`;
  }
}
