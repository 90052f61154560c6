import { setTimeout as sleep } from 'node:timers/promises';
import { signalsTopic } from '@perennial/contracts/topics';
import type { TestService } from '@perennial/testing/service';
import { FaultyProxy } from './faulty-proxy.js';
import { runProgram } from './run-program.js';
import { program, type Fault, type SetUp } from './set-up.js';
import { noBrowser, TestBrowser } from './browser.js';

/** What came of one set-up. */
export interface Outcome {
  readonly setUp: SetUp;
  readonly faults: readonly Fault[];
  /** Names of the events that became signals, in alphabetical order, repetitions included. */
  readonly events: readonly string[];
  /** Faults that were planned and never happened. */
  readonly faultsLeft: number;
  readonly error: string | null;
}

const longestMs = 60_000;

/** Names of the events that a program of `count` events sends. */
export const eventNames = (count: number): string[] => Array.from({ length: count }, (_, at) => `Step ${at + 1}`).sort();

/** Runs set-ups side by side against a service, each with a source and, for faults, a proxy of its own. */
export async function tryAll(service: TestService, setUps: readonly SetUp[], count: number, withFaults: boolean): Promise<Outcome[]> {
  const wanted = setUps.filter(({ runsIn }) => runsIn !== 'browser' || noBrowser === null);
  const browser = wanted.some(({ runsIn }) => runsIn === 'browser') ? await TestBrowser.start() : null;
  const sources = new Sources(service);
  try {
    const queue = [...wanted];
    const outcomes: Outcome[] = [];
    const work = async (): Promise<void> => {
      for (let setUp = queue.shift(); setUp; setUp = queue.shift()) outcomes.push(await tryOne(service, sources, browser, setUp, count, withFaults));
    };
    // They mostly wait for their second try; their start is what costs.
    await Promise.all(Array.from({ length: 6 }, work));
    await service.settle();
    await sources.refresh();
    return wanted.map(({ id }) => outcomes.find(({ setUp }) => setUp.id === id)!).map((outcome) => ({ ...outcome, events: sources.eventsOf(outcome.setUp.id) }));
  } finally {
    await browser?.stop();
  }
}

async function tryOne(service: TestService, sources: Sources, browser: TestBrowser | null, setUp: SetUp, count: number, withFaults: boolean): Promise<Outcome> {
  const writeKey = await sources.make(setUp);
  const proxy = await FaultyProxy.start(service.running.url, withFaults ? setUp.faults : []);
  const code = program(setUp, proxy.url, writeKey, count, withFaults);
  let error: string | null = null;
  try {
    if (setUp.runsIn !== 'browser') await runProgram(setUp, code);
    const page = setUp.runsIn === 'browser' ? await browser!.run(code, setUp.client!) : null;
    await sources.until(setUp.id, count, () => page === null || proxy.isOver);
    await page?.close();
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  }
  await proxy.stop();
  return { setUp, faults: proxy.done, faultsLeft: proxy.left, events: [], error };
}

/** The sources of the set-ups, and what signals came from each. */
class Sources {
  private readonly idOf = new Map<string, string>();
  private events = new Map<string, string[]>();
  private reading: Promise<void> | null = null;

  constructor(private readonly service: TestService) {}

  /** Makes a source; its write key. */
  async make({ id, vendor }: SetUp): Promise<string> {
    const { status, body } = await this.service.request<{ id: string; writeKey: string }>('POST', '/api/v1/sources', { scopes: ['operate'], body: { type: vendor, name: id } });
    if (status !== 201) throw new Error(JSON.stringify(body));
    this.idOf.set(id, body.id);
    return body.writeKey;
  }

  eventsOf(setUp: string): string[] {
    return this.events.get(this.idOf.get(setUp) ?? '') ?? [];
  }

  /** Waits until there are as many events as were sent, and the sender is through with sending again. */
  async until(setUp: string, count: number, isOver: () => boolean): Promise<void> {
    const giveUpAt = performance.now() + longestMs;
    while (this.eventsOf(setUp).length < count || !isOver()) {
      if (performance.now() > giveUpAt) throw new Error(`${this.eventsOf(setUp).length} of ${count} events came within ${longestMs / 1000} s${isOver() ? '' : ', and faults or tries were left'}`);
      await sleep(250);
      await (this.reading ??= this.refresh().finally(() => (this.reading = null)));
    }
  }

  async refresh(): Promise<void> {
    const events = new Map<string, string[]>();
    for (const { data } of await this.service.published(signalsTopic)) {
      if (!('kind' in data) || data.kind !== 'usage' || !data.data.event.startsWith('Step ')) continue;
      // A source that the sender names is below its sender's.
      const source = data.sourceId.split('/', 1)[0]!;
      events.set(source, [...(events.get(source) ?? []), data.data.event].sort());
    }
    this.events = events;
  }
}
