import type { SetUp } from './set-up.js';

/** Segment's clients. */
export const segmentSetUps: readonly SetUp[] = [
  {
    id: 'segment-node', vendor: 'segment', name: 'Segment, Node', client: '@segment/analytics-node', runsIn: 'node',
    init: "import { Analytics } from '@segment/analytics-node';\n\nconst analytics = new Analytics({ writeKey: 'WRITE_KEY', host: 'HOST' });",
    group: "analytics.group({ userId: 'anna', groupId: 'acme', traits: { name: 'Acme' } });",
    track: (event) => `analytics.track({ userId: 'anna', event: ${event}, properties: { pages: 3 } });`,
    flush: 'await analytics.flush({ timeout: 30_000 });',
    end: 'await analytics.closeAndFlush({ timeout: 30_000 });',
    faults: ['lose', 429, 503, 'cut'],
    notes: 'Its path is fixed: the host alone counts.',
  },
  {
    id: 'segment-browser', vendor: 'segment', name: 'Segment, browser', client: '@segment/analytics-next', runsIn: 'browser',
    init: "import { AnalyticsBrowser } from '@segment/analytics-next';\n\nconst analytics = AnalyticsBrowser.load({ writeKey: 'WRITE_KEY', cdnURL: 'HOST' });\nanalytics.identify('anna', { email: 'anna@acme.example' });",
    group: "analytics.group('acme', { name: 'Acme' });",
    track: (event) => `analytics.track(${event}, { pages: 3 });`,
    flush: '', end: '',
    faults: ['lose', 429, 503, 'cut'],
    notes: 'Asks `/v1/projects/WRITE_KEY/settings` first, which names the same host as the one to send to. With the snippet of the CDN set `analytics._cdn` to the host.',
  },
  {
    id: 'segment-browser-batching', vendor: 'segment', name: 'Segment, browser with batching', client: '@segment/analytics-next', runsIn: 'browser',
    init: "import { AnalyticsBrowser } from '@segment/analytics-next';\n\nconst analytics = AnalyticsBrowser.load(\n  { writeKey: 'WRITE_KEY', cdnURL: 'HOST' },\n  { integrations: { 'Segment.io': { deliveryStrategy: { strategy: 'batching', config: { size: 10, timeout: 1000 } } } } },\n);\nanalytics.identify('anna', { email: 'anna@acme.example' });",
    group: "analytics.group('acme', { name: 'Acme' });",
    track: (event) => `analytics.track(${event}, { pages: 3 });`,
    flush: '', end: '',
    faults: ['lose', 429, 503, 'cut'],
    notes: '',
  },
  {
    id: 'segment-http', vendor: 'segment', name: 'Segment HTTP API', client: null, runsIn: 'shell',
    init: '',
    group: `curl -sS --retry 5 --retry-all-errors HOST/v1/group -u WRITE_KEY: -d '{"messageId":"group-1","userId":"anna","groupId":"acme","traits":{"name":"Acme"}}'`,
    track: (event, id) => `curl -sS --retry 5 --retry-all-errors HOST/v1/track -u WRITE_KEY: -d '{"messageId":"${id}","userId":"anna","event":"${event}","properties":{"pages":3}}'`,
    flush: '', end: '',
    faults: ['lose', 429, 503, 'cut'],
    notes: 'Give every event a `messageId` of its own and keep it when you send again.',
  },
];
