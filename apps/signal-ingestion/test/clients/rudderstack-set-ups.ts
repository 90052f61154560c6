import type { SetUp } from './set-up.js';

const node = (option: string): Pick<SetUp, 'vendor' | 'client' | 'runsIn' | 'init' | 'group' | 'track' | 'flush' | 'end' | 'faults'> => ({
  vendor: 'rudderstack', client: '@rudderstack/rudder-sdk-node', runsIn: 'node',
  init: `import RudderAnalytics from '@rudderstack/rudder-sdk-node';\n\nconst analytics = new RudderAnalytics('WRITE_KEY', { dataPlaneUrl: 'HOST'${option} });`,
  group: "analytics.group({ userId: 'anna', groupId: 'acme', traits: { name: 'Acme' } });",
  track: (event) => `analytics.track({ userId: 'anna', event: ${event}, properties: { pages: 3 } });`,
  flush: 'await analytics.flush();',
  end: 'await analytics.flush();',
  faults: ['lose', 429, 503, 'pass', 'cut'],
});

const browser = (options: string): Pick<SetUp, 'vendor' | 'client' | 'runsIn' | 'init' | 'group' | 'track' | 'flush' | 'end'> => ({
  vendor: 'rudderstack', client: '@rudderstack/analytics-js', runsIn: 'browser',
  init: `import { RudderAnalytics } from '@rudderstack/analytics-js';\n\nconst analytics = new RudderAnalytics();\nanalytics.load('WRITE_KEY', 'HOST', { configUrl: 'HOST'${options} });\nanalytics.identify('anna', { email: 'anna@acme.example' });`,
  group: "analytics.group('acme', { name: 'Acme' });",
  track: (event) => `analytics.track(${event}, { pages: 3 });`,
  flush: '', end: '',
});

/** RudderStack's clients. */
export const rudderstackSetUps: readonly SetUp[] = [
  { id: 'rudderstack-node', name: 'RudderStack, Node (gzip)', ...node(''), notes: 'Tries a request four times. A flush that fails rejects: handle it, or give an `errorHandler`.' },
  { id: 'rudderstack-node-plain', name: 'RudderStack, Node (plain)', ...node(', gzip: false'), notes: '' },
  { id: 'rudderstack-browser', name: 'RudderStack, browser', ...browser(''), faults: ['lose', 429, 503, 'cut'], notes: '`configUrl` is where it asks for `/sourceConfig`; without it the client asks RudderStack.' },
  { id: 'rudderstack-browser-batch', name: 'RudderStack, browser with batch', ...browser(",\n  queueOptions: { batch: { enabled: true, maxItems: 10, flushInterval: 1000 } }"), faults: ['lose', 429, 503, 'cut'], notes: 'A batch that waits when the page is left is not sent with it.' },
  { id: 'rudderstack-browser-beacon', name: 'RudderStack, browser with beacon', ...browser(",\n  useBeacon: true, beaconQueueOptions: { maxItems: 10, flushQueueInterval: 1000 }"), faults: ['lose'], notes: 'sendBeacon knows no answer: what is refused or cut is not sent again. Where every event counts, do not use it.' },
  {
    id: 'rudderstack-pixel', vendor: 'rudderstack', name: 'RudderStack, pixel', client: null, runsIn: 'shell',
    init: '', group: '',
    track: (event, id) => `curl -sS --retry 5 --retry-all-errors -G HOST/pixel/v1/track -d writeKey=WRITE_KEY -d userId=anna --data-urlencode 'event=${event}' --data-urlencode 'messageId=${id}' --data-urlencode 'context={"groupId":"acme"}' > /dev/null`,
    flush: '', end: '',
    faults: ['lose', 429, 503, 'cut'],
    notes: 'As the source of an image in a mail; answers a GIF. Give every event a `messageId` of its own.',
  },
];
