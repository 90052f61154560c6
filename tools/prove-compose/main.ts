// Proves docker-compose.yml by running it: first start, an event from outside, kills under load, scaling; then
// compares what was accepted with what came of it. `npm run prove:compose` (needs Docker with compose; 10 min).
//   --no-build   use images that are there      --keep   leave it running
import { freePort } from '@perennial/testing/kafka-ports';
import { setTimeout as sleep } from 'node:timers/promises';
import { Compose, longestMs } from './compose.js';
import { Load, type Keys } from './load.js';
import { Observer } from './observe.js';
import { faultsOf } from './verdict.js';

const apps = ['signal-ingestion', 'health-scoring', 'renewal-forecasting', 'playbook-orchestration', 'notifications', 'gateway'];
const backends = ['kafka', 'postgres'];
const turnMs = 2_000;
const settleMs = longestMs;

const has = (flag: string): boolean => process.argv.includes(flag);
const startedAt = performance.now();
const secondsSince = (at: number): string => ((performance.now() - at) / 1000).toFixed(0);
const say = (text: string): void => console.log(`${secondsSince(startedAt).padStart(4)} s  ${text}`);

const port = await freePort();
const compose = new Compose('perennial-prove', { PERENNIAL_PORT: String(port), PERENNIAL_BIND: '127.0.0.1', PUBLIC_URL: '', ALLOW_PRIVATE_WEBHOOKS: 'true' });
let load: Load | null = null;
try {
  say(`${compose.name}, port ${port}`);
  await compose.compose('down', '-v', '--remove-orphans');
  if (!has('--no-build')) await compose.compose('build');
  const seconds = await startAll();
  say(`first start: everything healthy after ${seconds.toFixed(0)} s`);

  const credentials = JSON.parse(await compose.compose('run', '--rm', '-T', 'cli', 'credentials', '--json')) as Keys;
  const keys: Keys = { ...credentials, url: `http://127.0.0.1:${port}` };
  const observer = new Observer(keys, apps, async () => `http://${(await compose.compose('port', 'sink', '8080')).trim()}`);
  const { secret } = await observer.call<{ secret: string }>('POST', '/api/v1/webhook-endpoints', { url: 'http://sink:8080/hook' });

  load = new Load(keys, turnMs);
  load.start();
  const first = await until('the first webhook', async () => (await observer.deliveries(secret))[0]);
  say(`first webhook: account ${first.accountId}, signature ${first.verified ? 'verified' : 'WRONG'}`);

  // Health is looked at every few seconds: a customer who comes now has to go all the way, from contract to webhook.
  const { accounts } = load;
  const newcomerServed = () => {
    const newcomers = accounts.length;
    return until('a webhook for a newcomer', async () => (await observer.deliveries(secret)).some(({ accountId }) => accounts.indexOf(accountId) >= newcomers), longestMs);
  };
  for (const service of apps) await die(service, 'crash', newcomerServed);
  for (const service of [...apps, ...backends]) await die(service, 'docker kill', newcomerServed);
  await scale(2);
  await die('health-scoring', 'crash', newcomerServed);
  await scale(1);

  await load.stop();
  await observer.untilSettled(settleMs);
  const faults = await faultsOf(load, observer, secret, say);
  for (const fault of faults) say(`FAULT: ${fault}`);
  say(faults.length === 0 ? 'proved: 0 lost, 0 doubled' : 'not proved');
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  if (!has('--keep')) await compose.compose('down', '-v', '--remove-orphans');
}
process.exit();

async function startAll(...args: string[]): Promise<number> {
  const before = performance.now();
  await compose.compose('up', '-d', '--no-build', ...args);
  await compose.untilHealthy();
  return (performance.now() - before) / 1000;
}

/** `crash`: the process dies inside its container, and the restart policy has to bring it back. `docker kill`: the container is dead until `up`. */
async function die(service: string, how: 'crash' | 'docker kill', served: () => Promise<unknown>): Promise<void> {
  await sleep(3_000);
  const [victim] = await compose.of(service);
  const before = await startOf(victim!.id);
  const diedAt = performance.now();
  if (how === 'crash') await compose.docker('exec', victim!.id, 'bash', '-c', 'kill -9 -1').catch(() => undefined);
  else await compose.docker('kill', victim!.id);
  await sleep(2_000);
  if (how === 'docker kill') await compose.compose('up', '-d', '--no-build');
  else await until(`a restart of ${service}`, async () => (await startOf(victim!.id)) !== before);
  await compose.untilHealthy();
  const healthyAfter = secondsSince(diedAt);
  await served();
  say(`${how} of ${service}: all healthy ${healthyAfter} s later, a newcomer served ${secondsSince(diedAt)} s later`);
}

function startOf(id: string): Promise<string> {
  return compose.docker('inspect', '--format', '{{.State.StartedAt}}', id);
}

async function scale(count: number): Promise<void> {
  await compose.compose('up', '-d', '--no-build', '--no-recreate', '--scale', `health-scoring=${count}`);
  const seconds = await compose.untilHealthy(longestMs, 'health-scoring', count);
  await sleep(10_000);
  say(`health-scoring=${count}: healthy after ${seconds.toFixed(0)} s, 10 s under load`);
}

async function until<T>(what: string, probe: () => Promise<T | undefined | false>, ms = 120_000): Promise<T> {
  for (const end = Date.now() + ms; ; await sleep(250)) {
    const answer = await probe().catch(() => undefined);
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`within ${ms / 1000} s there was no sign of ${what}`);
  }
}
