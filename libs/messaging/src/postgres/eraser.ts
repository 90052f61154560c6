import type { Database } from '@perennial/persistence/transaction';
import { erasedHeader, type Erased, type LogRecord } from '../event-log.js';
import type { LogTopic } from './log-topics.js';

interface Row {
  off: string;
  ts: Date;
  key: string | null;
  headers: Record<string, string>;
  value: Buffer | null;
  newer: boolean;
}

/** Offsets looked at by one statement. */
const span = 20_000n;

/** Takes single records out of the log, as far as their place allows: an emptied one keeps its offset. */
export class Eraser {
  constructor(private readonly database: Database) {}

  /** See `EventLog.erase`. */
  async erase(topic: LogTopic, texts: readonly string[], isAbout: (record: LogRecord) => boolean): Promise<Erased> {
    const parts = await this.database.query<{ p: number; low_off: string; next_off: string }>({ text: 'SELECT p, low_off, next_off FROM part WHERE topic_id = $1', values: [topic.id] });
    const done = { erased: 0, left: 0 };
    for (const { p, low_off, next_off } of parts) {
      for (let at = BigInt(low_off); at < BigInt(next_off); at += span) {
        const { erased, left } = await this.eraseSpan(topic, p, at, texts, isAbout);
        done.erased += erased;
        done.left += left;
      }
    }
    return done;
  }

  private async eraseSpan(topic: LogTopic, p: number, from: bigint, texts: readonly string[], isAbout: (record: LogRecord) => boolean): Promise<Erased> {
    const table = topic.compacted ? 'compacted_entry' : 'entry';
    const newer = topic.compacted ? 'EXISTS (SELECT 1 FROM compacted_entry n WHERE n.topic_id = e.topic_id AND n.p = e.p AND n.key = e.key AND n.off > e.off)' : 'false';
    const rows = await this.database.query<Row>({
      text: `SELECT e.off, e.ts, e.key, e.headers, e.value, ${newer} AS newer FROM ${table} e
             WHERE ${topic.compacted ? '' : `e.retention_ms = ${topic.retentionMs} AND `}e.topic_id = $1 AND e.p = $2 AND e.off >= $3 AND e.off < $4 AND (e.key = ANY($5::text[]) OR EXISTS (SELECT 1 FROM unnest($6::bytea[]) t WHERE strpos(lower(encode(e.value, 'escape')), lower(encode(t, 'escape'))) > 0))`,
      values: [topic.id, p, String(from), String(from + span), texts, texts.map((text) => Buffer.from(text))],
    });
    const found = rows.filter(({ off, ts, key, headers, value }) => isAbout({ offset: BigInt(off), timestamp: ts, key, headers, value }));
    const gone = topic.compacted ? found.filter((row) => row.newer) : found;
    const done = { erased: gone.length, left: found.length - gone.length };
    if (gone.length === 0) return done;
    const offsets = gone.map(({ off }) => off);
    if (topic.compacted) await this.database.query({ text: 'DELETE FROM compacted_entry WHERE topic_id = $1 AND p = $2 AND off = ANY($3::bigint[])', values: [topic.id, p, offsets] });
    else {
      await this.database.query({
        text: `UPDATE entry e SET key = NULL, value = NULL, headers = n.headers FROM unnest($3::bigint[], $4::json[]) AS n (off, headers) WHERE e.retention_ms = ${topic.retentionMs} AND e.topic_id = $1 AND e.p = $2 AND e.off = n.off`,
        values: [topic.id, p, offsets, gone.map(({ headers }) => JSON.stringify(emptied(headers, texts)))],
      });
    }
    return done;
  }
}

/** Ids and trace stay, so that who has read it still finds its place; what holds one of the texts goes. */
function emptied(headers: Record<string, string>, texts: readonly string[]): Record<string, string> {
  return { ...Object.fromEntries(Object.entries(headers).filter(([, value]) => !texts.some((text) => value.toLowerCase().includes(text.toLowerCase())))), [erasedHeader]: '1' };
}
