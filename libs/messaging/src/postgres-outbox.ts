import { randomUUID } from 'node:crypto';
import { encodeHeaders, type Envelope } from '@perennial/contracts/cloud-event';
import type { AnyTopic } from '@perennial/contracts/topic';
import { faultOf } from '@perennial/contracts/validator';
import { PackedBuffers } from '@perennial/persistence/packed-buffers';
import type { Transaction } from '@perennial/persistence/transaction';
import { isApplyingAgain } from './applying-again.js';
import type { EventTraces } from './event-traces.js';
import { killPoint } from './kill-point.js';
import { Outbox, type EventDraft } from './outbox.js';
import { newVersions, type PublishedContent } from './published-versions.js';
import type { RelayNudge } from './relay-nudge.js';

/** A draft as one shape for all topics: the mapped type of the port is for callers. */
interface PlainDraft {
  readonly type: string;
  readonly key: string;
  readonly data: object;
  readonly time: Date;
  readonly cause?: EventDraft<AnyTopic>['cause'];
  readonly fingerprint?: string;
}

interface LookRow {
  epoch: number;
  rebuilding: boolean;
  key: string | null;
  version: string | null;
  fingerprint: string | null;
}

interface Row {
  readonly key: string;
  readonly value: string;
  readonly headers: string;
}

/** Outbox rows in the service's own database. */
export class PostgresOutbox extends Outbox {
  constructor(
    private readonly service: string,
    private readonly traces: EventTraces,
    private readonly relay: RelayNudge,
  ) {
    super();
  }

  override async publish<T extends AnyTopic>(tx: Transaction, topic: T, drafts: readonly EventDraft<T>[]): Promise<(number | null)[]> {
    if (drafts.length === 0) return [];
    if (topic.kind === 'log' && isApplyingAgain(tx)) return drafts.map(() => null);
    const plain = drafts as readonly PlainDraft[];
    const { epoch, rebuilding, published } = await this.look(tx, topic, plain);
    const { versions, newest } = newVersions(topic.versioned, epoch, plain, published);
    const rows = plain.flatMap((draft, at) => {
      const version = versions[at];
      return version === null || version === undefined ? [] : [this.row(topic, draft, version)];
    });
    if (rows.length === 0) return versions;
    // Of what a rebuild makes of state only the newest content matters, and it waits.
    const isHeld = rebuilding && topic.kind === 'state';
    if (isHeld) await hold(tx, topic, rows, newest);
    else await write(tx, topic, rows, newest);
    killPoint('outbox.after-publish');
    if (!isHeld) tx.afterCommit(this.relay.nudge);
    return versions;
  }

  private async look(tx: Transaction, topic: AnyTopic, drafts: readonly PlainDraft[]): Promise<{ epoch: number; rebuilding: boolean; published: Map<string, PublishedContent> }> {
    const rows = await tx.query<LookRow>({
      name: 'messaging_published_look',
      text: `SELECT e.epoch, e.rebuilding, p.key, p.version, p.fingerprint FROM messaging_epoch e
             LEFT JOIN (unnest($2::text[]) AS k (key) JOIN messaging_published p USING (key)) ON p.topic = $1`,
      values: [topic.name, topic.versioned ? [...new Set(drafts.map(({ key }) => key))] : []],
    });
    const published = new Map<string, PublishedContent>();
    for (const { key, version, fingerprint } of rows) if (key !== null) published.set(key, { version: Number(version), fingerprint });
    return { epoch: rows[0]?.epoch ?? 0, rebuilding: rows[0]?.rebuilding ?? false, published };
  }

  private row(topic: AnyTopic, draft: PlainDraft, version: number): Row {
    const data = topic.versioned ? { ...draft.data, version } : draft.data;
    const schema = topic.events[draft.type];
    const fault = schema ? faultOf(schema, data) : { pointer: '', detail: `is no event of ${topic.name}` };
    if (fault) throw new TypeError(`${draft.type} cannot be published: ${fault.pointer || '/'} ${fault.detail}`);
    const event = draft.cause && 'envelope' in draft.cause ? draft.cause : undefined;
    const envelope: Envelope = {
      id: topic.versioned ? `${topic.stream}/${draft.key}/${version}` : randomUUID(),
      source: `/${this.service}`,
      time: draft.time.toISOString(),
      subject: draft.key,
      causationId: event?.envelope.id ?? null,
      causationDepth: event ? event.envelope.causationDepth + 1 : 0,
      traceparent: this.traces.traceparentOf(draft.cause),
    };
    return { key: draft.key, value: JSON.stringify(data), headers: JSON.stringify(encodeHeaders(draft.type, envelope)) };
  }
}

const takeVersions = `taken AS (
  INSERT INTO messaging_published AS p (topic, key, version, fingerprint)
  SELECT $1, v.key, v.version, v.fingerprint FROM unnest($2::text[], $3::bigint[], $4::text[]) AS v(key, version, fingerprint)
  ON CONFLICT (topic, key) DO UPDATE SET version = EXCLUDED.version, fingerprint = EXCLUDED.fingerprint WHERE p.version < EXCLUDED.version
  RETURNING 1
)`;
/** Texts of an array would be escaped here and unescaped there, character by character: most of the work of a write. */
const newRows = `SELECT r.key, substr($6::bytea, r.value_start, r.value_length) AS value, convert_from(substr($9::bytea, r.headers_start, r.headers_length), 'UTF8')::json AS headers, r.ord
  FROM unnest($5::text[], $7::integer[], $8::integer[], $10::integer[], $11::integer[]) WITH ORDINALITY AS r(key, value_start, value_length, headers_start, headers_length, ord)`;

function valuesOf(topic: AnyTopic, rows: readonly Row[], newest: ReadonlyMap<string, PublishedContent>): unknown[] {
  const published = [...newest.values()];
  const values = PackedBuffers.of(rows.map(({ value }) => Buffer.from(value)));
  const headers = PackedBuffers.of(rows.map((row) => Buffer.from(row.headers)));
  return [
    topic.name,
    [...newest.keys()],
    published.map(({ version }) => version),
    published.map(({ fingerprint }) => fingerprint),
    rows.map(({ key }) => key),
    values.bytes, values.starts, values.lengths,
    headers.bytes, headers.starts, headers.lengths,
  ];
}

async function write(tx: Transaction, topic: AnyTopic, rows: readonly Row[], newest: ReadonlyMap<string, PublishedContent>): Promise<void> {
  const [result] = await tx.query<{ taken: number }>({
    name: 'messaging_outbox_write',
    text: `WITH ${takeVersions}, written AS (
             INSERT INTO messaging_outbox (topic, key, value, headers)
             SELECT $1, convert_to(n.key, 'UTF8'), n.value, n.headers FROM (${newRows}) n ORDER BY n.ord
           )
           SELECT count(*)::int AS taken FROM taken`,
    values: valuesOf(topic, rows, newest),
  });
  mustHaveTaken(topic, newest, result);
}

/** While rebuilding: one row per key, the newest, with the version it will be published under. */
async function hold(tx: Transaction, topic: AnyTopic, rows: readonly Row[], newest: ReadonlyMap<string, PublishedContent>): Promise<void> {
  const last = [...new Map(rows.map((row) => [row.key, row])).values()];
  const [result] = await tx.query<{ taken: number }>({
    name: 'messaging_outbox_hold',
    text: `WITH ${takeVersions}, held AS (
             INSERT INTO messaging_held (topic, key, value, headers) SELECT $1, n.key, convert_from(n.value, 'UTF8'), n.headers FROM (${newRows}) n
             ON CONFLICT (topic, key) DO UPDATE SET value = EXCLUDED.value, headers = EXCLUDED.headers
           )
           SELECT count(*)::int AS taken FROM taken`,
    values: valuesOf(topic, last, newest),
  });
  mustHaveTaken(topic, newest, result);
}

/** Without the account's lock two writers would take one version; then neither may go on unnoticed. */
function mustHaveTaken(topic: AnyTopic, newest: ReadonlyMap<string, PublishedContent>, result: { taken: number } | undefined): void {
  if (result?.taken !== newest.size) throw new Error(`${topic.name}: a version was taken by another transaction; lock the keys before publishing`);
}
