import { defineTopic } from '@perennial/contracts/topic';
import { Type } from 'typebox';
import { chunkItem } from './chunk.js';
import { select } from './chunk-selection.js';
import type { IndexedLetter } from './dead-letter-writer.js';
import type { LogRecord } from './event-log.js';

const events = { 'perennial.test.happened.v1': Type.Object({ version: Type.Integer() }) };
const log = defineTopic({ stream: 'things', version: 1, kind: 'log', retentionDays: 1, key: 'accountId', events });
const state = defineTopic({ stream: 'states', version: 1, kind: 'state', key: 'accountId', events });
const raw = defineTopic({ stream: 'raw', version: 1, kind: 'log', retentionDays: 1, key: 'identity', versioned: false, events });

function record(offset: number, key: string | null, version: number, more: Partial<LogRecord> = {}): LogRecord {
  const headers = { ce_type: 'perennial.test.happened.v1', ce_id: `${offset}`, ...more.headers };
  return { offset: BigInt(offset), timestamp: new Date(0), key, value: Buffer.from(JSON.stringify({ version })), ...more, headers };
}
const bad = (offset: number, headers: Record<string, string> = {}): LogRecord => record(offset, 'a', 1, { value: Buffer.from('{'), headers });
const items = (topic: typeof log, records: LogRecord[]) => records.map((one) => chunkItem(topic, 0, one));

const versions = (known: Record<string, number> = {}): Map<string, number> => new Map(Object.entries(known));
const letter = (state: IndexedLetter['state'] = 'dead'): IndexedLetter => ({ id: 'svc.things.0.1', state, attempt: 1, firstSeen: new Date(0) });
const offsets = (selection: ReturnType<typeof select>) => selection.events.map(({ offset }) => Number(offset));

describe('select', () => {
  it('takes what lies above the last version of its key and drops the rest', () => {
    const seen = versions({ a: 3 });
    const selection = select(log, items(log, [record(1, 'a', 3), record(2, 'a', 4), record(3, 'b', 1), record(4, 'a', 4), record(5, 'a', 6)]), seen, new Map());
    expect(offsets(selection)).toEqual([2, 3, 5]);
    expect(Object.fromEntries(seen)).toEqual({ a: 3 });
  });

  it('refuses what is no event, or has no key or version where they are needed', () => {
    const noKey = record(2, null, 1);
    const noVersion = { ...record(3, 'a', 1), value: Buffer.from('{"version":0}') };
    const selection = select(log, items(log, [bad(1), noKey, noVersion, record(4, 'a', 1)]), versions(), new Map());
    expect(selection.refused.map(({ refusal }) => refusal.code)).toEqual(['not_json', 'missing_version', 'missing_version']);
    expect(offsets(selection)).toEqual([4]);
  });

  it('refuses an event that an earlier try condemned, once: its version counts as seen', () => {
    const seen = versions();
    const [condemned, again] = items(log, [record(1, 'a', 1), record(2, 'a', 1)]);
    condemned!.refusal = { class: 'poison', code: 'odd', message: '' };
    const selection = select(log, [condemned!, again!], seen, new Map());
    expect(selection.refused).toHaveLength(1);
    expect(selection.events).toHaveLength(0);
  });

  it('applies a replay of its own dead letter past the version test, the first of several only', () => {
    const replays = new Map([[1n, letter()], [2n, letter()]]);
    const selection = select(log, items(log, [record(1, 'a', 2), record(2, 'a', 2)]), versions({ a: 9 }), replays);
    expect(offsets(selection)).toEqual([1]);
    expect([...selection.settled]).toEqual([['svc.things.0.1', 'replayed']]);
  });

  it('drops a replay that was applied before', () => {
    const selection = select(log, items(log, [record(1, 'a', 2)]), versions(), new Map([[1n, letter('replayed')]]));
    expect(selection.events).toHaveLength(0);
    expect(selection.settled.size).toBe(0);
  });

  it('supersedes an older replay on a state topic and applies the newest', () => {
    const older = select(state, items(state, [record(1, 'a', 2)]), versions({ a: 3 }), new Map([[1n, letter()]]));
    expect([...older.settled.values()]).toEqual(['superseded']);
    expect(older.events).toHaveLength(0);
    const newest = select(state, items(state, [record(1, 'a', 3)]), versions({ a: 3 }), new Map([[1n, letter()]]));
    expect([...newest.settled.values()]).toEqual(['replayed']);
  });

  it('keeps a replay that is poison again under its letter', () => {
    const selection = select(log, items(log, [bad(1)]), versions(), new Map([[1n, letter()]]));
    expect(selection.refused).toMatchObject([{ replayOf: { id: 'svc.things.0.1' } }]);
    expect(selection.settled.size).toBe(0);
  });

  it('passes over what another group replays and it cannot read either', () => {
    expect(select(log, items(log, [bad(1, { 'dlq-id': 'other.things.0.1' })]), versions(), new Map()).refused).toHaveLength(0);
  });

  it('takes everything of a topic without versions; a foreign dlq-id there means nothing', () => {
    const selection = select(raw, items(raw, [record(1, 'a', 1), record(2, null, 1), bad(3, { 'dlq-id': 'forged' })]), versions({ a: 5 }), new Map());
    expect(offsets(selection)).toEqual([1, 2]);
    expect(selection.refused).toHaveLength(1);
  });
});
