import { existsSync, readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import { asyncApi, type RecordExample } from './async-api.js';
import { defineTopic, type AnyTopic } from './topic.js';
import { allTopics } from './topics.js';

const golden = (topic: AnyTopic, type: string): RecordExample | undefined => {
  const file = new URL(`../golden/${topic.stream}/${type}.json`, import.meta.url);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RecordExample) : undefined;
};

describe('the AsyncAPI document', () => {
  it('in docs/asyncapi.json is current: else run `npm run build && node tools/asyncapi.js`', () => {
    expect(JSON.parse(readFileSync(new URL('../../../docs/asyncapi.json', import.meta.url), 'utf8'))).toEqual(asyncApi(golden));
  });

  it('is valid AsyncAPI 3, its examples fit their schemas, and it lists every event of every topic', async () => {
    const { document, diagnostics } = await new Parser().parse(JSON.stringify(asyncApi(golden)));
    expect(diagnostics.filter(({ severity }) => Number(severity) <= 1).map(({ path, message }) => `${path.join('/')}: ${message}`)).toEqual([]);
    expect(document!.version()).toBe('3.0.0');
    const listed = document!.channels().all().flatMap((channel) => channel.messages().all().map((message) => `${channel.address()} ${message.name()}`));
    expect(listed.sort()).toEqual(allTopics.flatMap((topic) => Object.keys(topic.events).map((type) => `${topic.name} ${type}`)).sort());
  }, 60_000);

  it('refuses a topic that nobody described', () => {
    expect(() => asyncApi(golden, [defineTopic({ stream: 'secrets', version: 1, kind: 'state', key: 'accountId', events: {} })])).toThrow('describe the topic perennial.secrets.v1');
  });
});
