import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { decodeRecord, encodeHeaders } from './cloud-event.js';
import { allTopics } from './topics.js';

/**
 * One example per event type, in golden/<stream>/<ce_type>.json, as it once stood in the topic. Such records
 * are kept for months: never edit one so that it fits a schema. Add a new type or a new version instead.
 */
interface Golden {
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly data: unknown;
}

const folder = new URL('../golden/', import.meta.url);
const read = (stream: string, type: string): Golden => JSON.parse(readFileSync(new URL(`${stream}/${type}.json`, folder), 'utf8')) as Golden;
const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const types = allTopics.flatMap((topic) => Object.keys(topic.events).map((type) => ({ topic, stream: topic.stream, type })));

describe('golden examples', () => {
  it('are there for every event type, and for nothing else', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
    expect(files.sort()).toEqual(types.map(({ stream, type }) => `${stream}/${type}.json`).sort());
  });

  describe.each(types)('$stream $type', ({ topic, stream, type }) => {
    const golden = existsSync(new URL(`${stream}/${type}.json`, folder)) ? read(stream, type) : null;

    it('decodes in binary mode', () => {
      expect(decodeRecord(topic, golden!.headers, bytes(golden!.data))).toMatchObject({ ok: true, event: { type, data: golden!.data } });
    });

    it('decodes in structured mode to the same', () => {
      const attributes = Object.entries(golden!.headers).filter(([name]) => name.startsWith('ce_')).map(([name, value]) => [name.slice('ce_'.length), value]);
      const headers = { 'content-type': 'application/cloudevents+json; charset=UTF-8', traceparent: golden!.headers['traceparent']! };
      const structured = decodeRecord(topic, headers, bytes({ ...Object.fromEntries(attributes), datacontenttype: 'application/json', data: golden!.data }));
      expect(structured).toEqual(decodeRecord(topic, golden!.headers, bytes(golden!.data)));
    });

    it('is written again with the headers it was read with', () => {
      const decoded = decodeRecord(topic, golden!.headers, bytes(golden!.data));
      if (!decoded.ok) throw new Error(decoded.detail);
      expect(encodeHeaders(type, decoded.envelope)).toEqual(golden!.headers);
    });

    it('stands under its account, with the version in its id', () => {
      const { key, headers, data } = golden!;
      if (topic.key !== 'identity') expect(headers['ce_subject']).toBe(key);
      if (topic.versioned) expect(headers['ce_id']).toBe(`${stream}/${key}/${(data as { version: number }).version}`);
    });
  });
});
