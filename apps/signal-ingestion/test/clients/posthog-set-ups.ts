import type { SetUp } from './set-up.js';

const node: Pick<SetUp, 'vendor' | 'client' | 'runsIn' | 'init' | 'group' | 'track' | 'flush' | 'end'> = {
  vendor: 'posthog', client: 'posthog-node', runsIn: 'node',
  init: "import { PostHog } from 'posthog-node';\n\nconst posthog = new PostHog('WRITE_KEY', { host: 'HOST' });",
  group: "posthog.groupIdentify({ groupType: 'company', groupKey: 'acme', properties: { name: 'Acme' } });",
  track: (event) => `posthog.capture({ distinctId: 'anna', event: ${event}, groups: { company: 'acme' }, properties: { pages: 3 } });`,
  flush: 'await posthog.flush();',
  end: 'await posthog.shutdown();',
};

/** PostHog's clients. */
export const posthogSetUps: readonly SetUp[] = [
  { id: 'posthog-node', name: 'PostHog, Node (capture)', ...node, faults: ['lose', 429, 'pass', 503, 'cut'], notes: 'A group of type `account`, `company` or `organization` is the account.' },
  { id: 'posthog-node-v1', name: 'PostHog, Node (v1)', ...node, env: { POSTHOG_CAPTURE_MODE: 'v1' }, faults: ['lose', 'cut', 'pass', 429, 503, 'pass'], notes: '' },
  {
    id: 'posthog-browser', vendor: 'posthog', name: 'PostHog, browser', client: 'posthog-js', runsIn: 'browser',
    init: "import posthog from 'posthog-js';\n\nposthog.init('WRITE_KEY', { api_host: 'HOST' });\nposthog.identify('anna', { email: 'anna@acme.example' });",
    group: "posthog.group('company', 'acme', { name: 'Acme' });",
    track: (event) => `posthog.capture(${event}, { pages: 3 });`,
    flush: '', end: '',
    faults: ['lose', 503, 'cut'],
    notes: 'It loses events on 429, so its address never answers that. Feature flags and recordings are not served: the console shows 404 for `/array/..` and `/flags`, which changes nothing.',
  },
];
