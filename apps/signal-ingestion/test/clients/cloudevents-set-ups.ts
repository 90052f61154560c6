import type { SetUp } from './set-up.js';

const send = `// The SDK's own transport takes a refusal for success: send with what tells one from the other.
async function send({ headers, body }) {
  for (;;) {
    const response = await fetch('HOST/v1/events', { method: 'POST', headers: { ...headers, authorization: 'Bearer WRITE_KEY' }, body }).catch(() => null);
    if (response?.ok) return;
    if (response !== null && response.status < 500 && response.status !== 429) throw new Error(await response.text());
    await new Promise((resolve) => setTimeout(resolve, 1000 * Number(response?.headers.get('retry-after') ?? 1)));
  }
}`;
const event = (type: string) => `new CloudEvent({ source: '/reports', type: ${type}, accountid: 'acme', userid: 'anna', data: { pages: 3 } })`;
const common: Pick<SetUp, 'vendor' | 'client' | 'runsIn' | 'group' | 'end' | 'faults'> = { vendor: 'cloudevents', client: 'cloudevents', runsIn: 'node', group: '', end: '', faults: ['lose', 429, 503, 'cut'] };

/** CloudEvents in its three modes. */
export const cloudeventsSetUps: readonly SetUp[] = [
  {
    id: 'cloudevents-binary', name: 'CloudEvents, binary', ...common,
    init: `import { CloudEvent, HTTP } from 'cloudevents';\n\n${send}`,
    track: (type) => `await send(HTTP.binary(${event(type)}));`,
    flush: '',
    notes: 'The type is the name of the product event; `accountid` and `userid` (or `accountId` and `userId` in the data) say whose it is. A type `perennial.signal.<kind>.v1` holds a signal of `POST /api/v1/signals` as its data. A sender that cannot set headers puts the key into the address: `/v1/events?key=WRITE_KEY`.',
  },
  { id: 'cloudevents-structured', name: 'CloudEvents, structured', ...common, init: `import { CloudEvent, HTTP } from 'cloudevents';\n\n${send}`, track: (type) => `await send(HTTP.structured(${event(type)}));`, flush: '', notes: '' },
  {
    id: 'cloudevents-batch', name: 'CloudEvents, batch', ...common,
    init: `import { CloudEvent } from 'cloudevents';\n\n${send}\nconst events = [];`,
    track: (type) => `events.push(${event(type)});`,
    flush: "await send({ headers: { 'content-type': 'application/cloudevents-batch+json' }, body: JSON.stringify(events.splice(0)) });",
    end: "await send({ headers: { 'content-type': 'application/cloudevents-batch+json' }, body: JSON.stringify(events.splice(0)) });",
    faults: ['lose', 429, 'pass', 503, 'cut'],
    notes: 'Answered 200 when at least one event of the batch was taken; `results` says what became of each.',
  },
];
