import type { Fault, SetUp } from './set-up.js';

type Own = Pick<SetUp, 'id' | 'name' | 'init' | 'notes'> & { readonly client?: string };

const otlp = ({ init, ...own }: Own): SetUp => ({
  vendor: 'otlp', client: '@opentelemetry/exporter-logs-otlp-http', runsIn: 'node', group: '', faults: ['lose', 429, 'pass', 503, 'cut'], ...own,
  init: `import { randomUUID } from 'node:crypto';\nimport { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';\n${init}\n\nconst provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter })] });\nconst logger = provider.getLogger('reports');`,
  track: (event) => `logger.emit({ eventName: ${event}, attributes: { 'log.record.uid': randomUUID(), 'enduser.id': 'anna', 'account.id': 'acme', pages: 3 } });`,
  flush: 'await provider.forceFlush();',
  end: 'await provider.shutdown();',
});
const exporter = (from: string, more: string): string => `import { OTLPLogExporter } from '${from}';\n\nconst exporter = new OTLPLogExporter({ url: 'HOST/v1/logs', headers: { authorization: 'Bearer WRITE_KEY' }${more} });`;

const again = "// It does not try again by itself.\nconst again = async (send) => {\n  for (;;) {\n    const error = await new Promise(send);\n    if (!error) return;\n    await new Promise((resolve) => setTimeout(resolve, 1000));\n  }\n};";
const mixpanel = ({ init, ...own }: Own & Pick<SetUp, 'group' | 'track' | 'flush' | 'end'> & { faults?: readonly Fault[] }): SetUp => ({
  vendor: 'mixpanel', client: 'mixpanel', runsIn: 'node', faults: ['lose', 429, 503, 'cut'], ...own,
  init: `import { randomUUID } from 'node:crypto';\nimport Mixpanel from 'mixpanel';\n\nconst { hostname, port, protocol } = new URL('HOST');\nconst mixpanel = Mixpanel.init('WRITE_KEY', { host: hostname, port, protocol: protocol.slice(0, -1) });\n\n${again}${init}`,
});

const snowplow = ({ init, ...own }: Own): SetUp => ({
  vendor: 'snowplow', client: '@snowplow/node-tracker', runsIn: 'node', group: '', faults: ['lose', 429, 503, 'cut'], ...own,
  init: `import { buildSelfDescribingEvent, newTracker } from '@snowplow/node-tracker';\n\nconst tracker = newTracker({ namespace: 'app', appId: 'WRITE_KEY' }, { endpoint: 'HOST'${init} });\nsetInterval(() => tracker.flush(), 1000).unref();\ntracker.setUserId('anna');\nconst account = { schema: 'iglu:com.acme/account/jsonschema/1-0-0', data: { accountId: 'acme' } };`,
  track: (event) => `tracker.track(buildSelfDescribingEvent({ event: { schema: \`iglu:com.acme/\${${event}}/jsonschema/1-0-0\`, data: { pages: 3 } } }), [account]);`,
  flush: '',
  end: 'await tracker.flush();',
  livesOnMs: 6000,
});

/** The second tier: exporters and trackers that a company may have beside those above. */
export const otherSetUps: readonly SetUp[] = [
  otlp({ id: 'otlp-json', name: 'OpenTelemetry logs (JSON)', init: exporter('@opentelemetry/exporter-logs-otlp-http', ''), notes: 'Records with an `eventName` are product events; others are refused, so send no ordinary logs. `log.record.uid` makes a repetition known.' }),
  otlp({ id: 'otlp-json-gzip', name: 'OpenTelemetry logs (JSON, gzip)', init: exporter('@opentelemetry/exporter-logs-otlp-http', ", compression: 'gzip'"), notes: '' }),
  otlp({ id: 'otlp-protobuf', name: 'OpenTelemetry logs (protobuf)', client: '@opentelemetry/exporter-logs-otlp-proto', init: exporter('@opentelemetry/exporter-logs-otlp-proto', ''), notes: '' }),
  {
    id: 'amplitude-node', vendor: 'amplitude', name: 'Amplitude, Node', client: '@amplitude/analytics-node', runsIn: 'node',
    init: "import { createInstance, Identify } from '@amplitude/analytics-node';\n\nconst amplitude = createInstance();\nawait amplitude.init('WRITE_KEY', { serverUrl: 'HOST/2/httpapi', flushIntervalMillis: 1000 }).promise;",
    group: "amplitude.groupIdentify('company', 'acme', new Identify().set('name', 'Acme'), { user_id: 'anna' });",
    track: (event) => `amplitude.track(${event}, { pages: 3 }, { user_id: 'anna', groups: { company: 'acme' } });`,
    flush: '',
    end: 'await amplitude.flush().promise;',
    livesOnMs: 6000,
    faults: [429, 503, 'lose'],
    notes: 'It gives up what it sent when a connection is cut, and `flush()` never tries again: leave sending to its timer. The one address is `/2/httpapi`, also with `useBatch`.',
  },
  mixpanel({
    id: 'mixpanel-get', name: 'Mixpanel, Node (GET)', init: '',
    group: "await again((done) => mixpanel.groups.set('company', 'acme', { $name: 'Acme' }, done));\nawait again((done) => mixpanel.people.set('anna', { $email: 'anna@acme.example' }, done));",
    track: (event) => `{\n  const properties = { distinct_id: 'anna', company: 'acme', $insert_id: randomUUID(), pages: 3 };\n  await again((done) => mixpanel.track(${event}, properties, done));\n}`,
    flush: '', end: '',
    notes: 'The group keys `account`, `company` and `organization` (and `account_id`, `company_id`) are the account. The client sets no `$insert_id` by itself: with one a repetition is known.',
  }),
  mixpanel({
    id: 'mixpanel-batch', name: 'Mixpanel, Node (batch)', init: '\nconst events = [];',
    group: '',
    track: (event) => `events.push({ event: ${event}, properties: { distinct_id: 'anna', company: 'acme', $insert_id: randomUUID(), pages: 3 } });`,
    flush: 'await again((done) => mixpanel.track_batch(events, (errors) => done(errors?.[0])));\nevents.length = 0;',
    end: 'await again((done) => mixpanel.track_batch(events, (errors) => done(errors?.[0])));',
    faults: ['lose', 429, 'pass', 503, 'cut'],
    notes: '',
  }),
  snowplow({ id: 'snowplow-post', name: 'Snowplow, Node (POST)', init: ', bufferSize: 5', notes: 'What could not be sent waits for the next flush, so flush on a timer. Its protocol has no key: the app id is the write key. An entity with `accountId`, `account_id` or `groupId` says which account.' }),
  snowplow({ id: 'snowplow-get', name: 'Snowplow, Node (GET)', init: ", eventMethod: 'get', bufferSize: 1", notes: '' }),
];
