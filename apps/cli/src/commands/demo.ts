import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { untilSettled } from '../composition/test-clock-driver.js';
import { startPerennial, type RunningPerennial } from '../composition/start-perennial.js';
import { demoBook } from '../demo/demo-book.js';
import { demoKafka } from '../demo/demo-kafka.js';
import { DemoSystem } from '../demo/demo-system.js';
import { StoryBroke } from '../demo/story-broke.js';
import { StoryTeller } from '../demo/story-teller.js';
import { tellStory } from '../demo/tell-story.js';
import { WebhookReceiver } from '../demo/webhook-receiver.js';
import { ApiClient } from './api-client.js';

const usualPort = 8080;

/**
 * Runs the whole system in a throwaway folder and tells the main job on it. True when every step of the story
 * happened; on a terminal it then stays up until Ctrl-C.
 */
export async function demo(withKafka: boolean): Promise<boolean> {
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const undo: (() => Promise<void> | void)[] = [() => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal)];
  const teller = new StoryTeller(process.stdout);
  const startedAt = performance.now();
  try {
    teller.line(teller.style('bold', 'Perennial: a dozen customers, and a bad morning at one of them'));
    const kafka = withKafka ? await demoKafka() : null;
    if (kafka) undo.push(() => kafka.stop());
    const dataDir = mkdtempSync(join(tmpdir(), 'perennial-demo-'));
    undo.push(() => rmSync(dataDir, { recursive: true, force: true }));
    const system = await startPerennial({
      dataDir, port: await portToUse(), publicUrl: null, kafka: kafka?.brokers ?? null, allowPrivateWebhooks: true, testClock: null, logLevel: 'error',
    });
    undo.push(() => system.stop());
    teller.say(`Five services and a gateway on ${kafka ? `Kafka (${kafka.origin}, ${kafka.brokers.join(',')})` : 'one PostgreSQL'}, up after ${process.uptime().toFixed(1)} s: ${system.credentials.url}`);
    const receiver = await WebhookReceiver.start();
    undo.push(() => receiver.stop());
    const today = new Date().toISOString().slice(0, 10);
    const api = new ApiClient({ url: system.credentials.url, apiKey: system.credentials.apiKey, dataDir });
    await tellStory({ teller, system: new DemoSystem(api, interrupt.signal, (withinMs) => untilSettled(system.services, withinMs)), receiver, credentials: system.credentials, book: demoBook(today), today });
    tellWhereNext(teller, system);
    teller.line(`\nAll of it happened, in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
    if (process.stdout.isTTY) {
      teller.line('Still up: Ctrl-C ends it, and what it knew goes with it.');
      await new Promise<void>((resolve) => interrupt.signal.addEventListener('abort', () => resolve(), { once: true }));
    }
    return true;
  } catch (error) {
    if (error instanceof StoryBroke) process.stderr.write(`perennial: the story broke at: ${error.message}\n`);
    else if (!interrupt.signal.aborted) throw error;
    return false;
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

/** The usual port where it is free and somebody may look; else any. */
async function portToUse(): Promise<number> {
  if (!process.stdout.isTTY) return 0;
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(0));
    server.listen(usualPort, '127.0.0.1', () => server.close(() => resolve(usualPort)));
  });
}

function tellWhereNext(teller: StoryTeller, { credentials: { url, admin, writeKey, apiKey } }: RunningPerennial): void {
  teller.chapter('Where to look next');
  teller.pair('API and pages', `${url}/docs`, 13);
  teller.pair('sign in', `${admin.email}   ${admin.password}`, 13);
  teller.pair('write key', `${writeKey}   (for any Segment SDK; host ${url})`, 13);
  teller.line();
  teller.line(`   curl -H 'authorization: Bearer ${apiKey}' ${url}/api/v1/accounts`);
  teller.line(`   curl -H 'authorization: Bearer ${apiKey}' ${url}/api/v1/accounts/brightwater/health`);
  teller.line(`   curl -N -H 'authorization: Bearer ${apiKey}' ${url}/api/v1/stream/risk-changes`);
  teller.line();
  teller.aside('Your own: `perennial up` keeps its data; `perennial help` shows the rest.');
}
