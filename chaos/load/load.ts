import { setTimeout as sleep } from 'node:timers/promises';
import { encodeHeaders } from '@perennial/contracts/cloud-event';
import { telemetryTopic } from '@perennial/contracts/topics';
import { CompressionTypes, Kafka, logLevel, type Producer } from 'kafkajs';
import type { Random } from '../random.js';
import type { ChaosSystem } from '../system/system.js';
import type { Door, Item } from './plan.js';

export const foreignSource = '/billing';
const callMs = 10_000;
const retryMs = 300;
/** Share of what was accepted that its producer sends again all the same. */
const repeats = 0.03;

export interface LoadOptions {
  /** How long the plan takes to be sent, if nothing fails. */
  readonly seconds: number;
  readonly repeats?: number;
}

/** What became of the items of a cell: accepted is what was answered 2xx, or acknowledged by the broker. */
export class Load {
  readonly accepted = new Set<Item>();
  /** Items that were refused though they were right, or taken though they were wrong. */
  readonly wrongAnswers: string[] = [];
  retries = 0;
  /** Where calls go instead of to the system's own addresses. */
  via: string | null = null;
  /** Share of the plan beyond which nothing is sent for now. */
  private upTo = 1;
  private readonly queues = new Map<Door, Item[]>();
  private readonly repeated = new Set<Item>();
  private producers: Promise<unknown> = Promise.resolve();
  private foreign: Producer | null = null;
  private ended = false;
  private readonly endless = new AbortController();

  constructor(
    private readonly system: ChaosSystem & { readonly brokers?: string[] },
    readonly items: readonly Item[],
    private readonly random: Random,
    private readonly options: LoadOptions,
  ) {}

  start(): void {
    for (const item of this.items) {
      const queue = this.queues.get(item.door) ?? [];
      this.queues.set(item.door, queue);
      queue.push(item);
    }
    const loops = [...this.queues].flatMap(([door, queue]) => {
      const perSecond = queue.length / this.options.seconds;
      return door === 'foreign' ? [this.loop(door, queue, perSecond)] : [this.loop(door, queue, perSecond / 2), this.loop(door, queue, perSecond / 2)];
    });
    this.producers = Promise.all(loops);
    this.producers.catch(() => undefined);
  }

  /** Share of the plan that is accepted, from 0 to 1. */
  get progress(): number {
    return this.accepted.size / this.items.filter(({ refused }) => !refused).length;
  }

  /** Sends no more than this share of the plan until it is called again. */
  hold(share: number): void {
    this.upTo = share;
  }

  /** Waits until this share of the plan is accepted. */
  async reaches(share: number, withinMs = 120_000): Promise<void> {
    for (const end = Date.now() + withinMs; this.progress < share; await sleep(20)) {
      if (Date.now() > end) throw new Error(`the load stands at ${Math.round(this.progress * 100)} % after ${withinMs / 1000} s`);
    }
  }

  /** Items that a cell laid into the log itself. */
  alsoAccepted(items: readonly Item[]): void {
    for (const item of items) this.accepted.add(item);
  }

  /** Everything is accepted: what failed was sent again until it was. */
  async finish(withinMs = 150_000): Promise<void> {
    this.upTo = 1;
    const timer = setTimeout(() => this.endless.abort(), withinMs);
    await this.producers;
    clearTimeout(timer);
    this.ended = true;
    await this.foreign?.disconnect().catch(() => undefined);
    if (this.progress < 1) throw new Error(`only ${this.accepted.size} of ${this.items.length} items were accepted within ${withinMs / 1000} s; wrong answers: ${this.wrongAnswers.slice(0, 3).join('; ') || 'none'}`);
  }

  /** Stops whatever is left, for cells that end early. */
  async abandon(): Promise<void> {
    this.endless.abort();
    await this.producers.catch(() => undefined);
    if (!this.ended) await this.foreign?.disconnect().catch(() => undefined);
  }

  private async loop(door: Door, queue: Item[], perSecond: number): Promise<void> {
    while (queue.length > 0 && !this.endless.signal.aborted) {
      if (this.upTo < 1 && this.progress >= this.upTo) {
        await sleep(20);
        continue;
      }
      const batch = queue.splice(0, this.random.between(1, door === 'segment' ? 30 : 12));
      const startedAt = performance.now();
      const left = await this.send(door, batch);
      if (left.length > 0) {
        this.retries++;
        queue.push(...left);
        await sleep(retryMs);
      }
      await sleep(Math.max(0, (batch.length / perSecond) * 1000 - (performance.now() - startedAt)));
    }
  }

  /** Answers what has to be sent again. */
  private async send(door: Door, batch: readonly Item[]): Promise<Item[]> {
    try {
      if (door === 'foreign') return await this.produce(batch);
      return door === 'segment' ? await this.sendCalls(batch) : await this.sendSignals(batch);
    } catch {
      return [...batch];
    }
  }

  private async sendCalls(batch: readonly Item[]): Promise<Item[]> {
    const response = await this.post(`${this.via ?? this.system.edgeUrl}/v1/batch`, { batch: batch.map(({ body }) => body) });
    if (response.status === 200) {
      this.take(batch);
      return [];
    }
    if (response.status < 500 && response.status !== 429) this.wrongAnswers.push(`/v1/batch: ${response.status} ${response.text.slice(0, 200)}`);
    return [...batch];
  }

  private async sendSignals(batch: readonly Item[]): Promise<Item[]> {
    const response = await this.post(`${this.via ?? this.system.url}/api/v1/signals`, { signals: batch.map(({ body }) => body) });
    if (response.status !== 200) {
      if (response.status < 500 && response.status !== 429) this.wrongAnswers.push(`/api/v1/signals: ${response.status} ${response.text.slice(0, 200)}`);
      return [...batch];
    }
    const { results } = JSON.parse(response.text) as { results: { index: number; status: string; code?: string }[] };
    for (const { index, status, code } of results) {
      const item = batch[index]!;
      if ((status === 'accepted') === (item.refused === true)) this.wrongAnswers.push(`${item.id}: ${status} ${code ?? ''}`);
      else if (status === 'accepted') this.take([item]);
    }
    return [];
  }

  private async produce(batch: readonly Item[]): Promise<Item[]> {
    this.foreign ??= await this.connect();
    await this.foreign.send({
      topic: telemetryTopic.name, acks: -1, timeout: 5_000, compression: CompressionTypes.GZIP,
      messages: batch.map(({ id, accountId, body }) => {
        const { kind, ...rest } = body as { kind: string; personId?: string };
        const envelope = { id, source: foreignSource, time: new Date().toISOString(), subject: accountId, causationId: null, causationDepth: 0, traceparent: null };
        return { key: rest.personId ?? accountId, value: JSON.stringify({ ...rest, kind }), headers: encodeHeaders(`perennial.signal.${kind}.v1`, envelope) };
      }),
    });
    this.take(batch);
    return [];
  }

  private async connect(): Promise<Producer> {
    const kafka = new Kafka({ clientId: 'billing', brokers: this.system.brokers ?? [], logLevel: logLevel.NOTHING, retry: { retries: 2 }, connectionTimeout: 3_000, requestTimeout: 6_000 });
    const producer = kafka.producer();
    await producer.connect();
    return producer;
  }

  private take(batch: readonly Item[]): void {
    for (const item of batch) {
      this.accepted.add(item);
      if (this.repeated.has(item) || !this.random.chance(this.options.repeats ?? repeats)) continue;
      this.repeated.add(item);
      this.queues.get(item.door)?.push(item);
    }
  }

  private async post(url: string, body: unknown): Promise<{ status: number; text: string }> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`${this.system.credentials.writeKey}:`).toString('base64')}` },
      body: JSON.stringify(body),
      signal: AbortSignal.any([AbortSignal.timeout(callMs), this.endless.signal]),
    });
    return { status: response.status, text: await response.text() };
  }
}
