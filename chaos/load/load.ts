import { setTimeout as sleep } from 'node:timers/promises';
import { encodeHeaders } from '@perennial/contracts/cloud-event';
import { telemetryTopic } from '@perennial/contracts/topics';
import { CompressionTypes, Kafka, logLevel, type Producer } from 'kafkajs';
import type { ClientRequest } from '@perennial/testing/vendor-clients';
import type { Random } from '@perennial/testing/random';
import type { ChaosSystem } from '../system/system.js';
import { clientRequests } from './client-requests.js';
import { hookCall, type HookEndpoints } from './hook-events.js';
import type { Door, Item, ItemOf } from './plan.js';

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
  /** Ids of what a cell sent that is not to be found in the end. */
  readonly passing = new Set<string>();
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
    readonly hooks: HookEndpoints,
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
      const batch = queue.splice(0, this.random.between(1, door === 'clients' ? 30 : 12));
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
    switch (door) {
      case 'foreign':
        return this.produce(batch as ItemOf<'foreign'>[]).catch(() => [...batch]);
      case 'signals':
        return this.sendSignals(batch as ItemOf<'signals'>[]).catch(() => [...batch]);
      case 'clients': {
        const byClient = Map.groupBy(batch as ItemOf<'clients'>[], ({ client }) => client);
        return this.sendInTurn([...byClient].flatMap(([client, told]) => clientRequests(client, told, this.system.credentials.writeKey)));
      }
      case 'hooks':
        return this.sendInTurn(await Promise.all((batch as ItemOf<'hooks'>[]).map(async (item) => ({ request: await hookCall(item.system, this.hooks.get(item.system)!, item.payload), holds: [item] }))));
    }
  }

  /** One request after the other, up to the first that is not taken. */
  private async sendInTurn(requests: readonly { readonly request: ClientRequest; readonly holds: readonly Item[] }[]): Promise<Item[]> {
    for (const [at, { request, holds }] of requests.entries()) {
      if (!(await this.isTaken(request).catch(() => false))) return requests.slice(at).flatMap((left) => left.holds);
      this.take(holds);
    }
    return [];
  }

  private async isTaken({ path, ...request }: ClientRequest): Promise<boolean> {
    const { status, rejected, text } = await this.call(`${this.via ?? this.system.edgeUrl}${path}`, request);
    if (status >= 200 && status < 300 && rejected === null) return true;
    if (status < 500 && status !== 429) this.wrongAnswers.push(`${path.split('?')[0]}: ${status} ${rejected === null ? '' : `${rejected} rejected `}${text.slice(0, 200)}`);
    return false;
  }

  private async sendSignals(batch: readonly ItemOf<'signals'>[]): Promise<Item[]> {
    const headers = { 'content-type': 'application/json', authorization: `Basic ${btoa(`${this.system.credentials.writeKey}:`)}` };
    const response = await this.call(`${this.via ?? this.system.url}/api/v1/signals`, { headers, body: JSON.stringify({ signals: batch.map(({ body }) => body) }) });
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

  private async produce(batch: readonly ItemOf<'foreign'>[]): Promise<Item[]> {
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

  private async call(url: string, { headers = {}, body }: Omit<ClientRequest, 'path'>): Promise<{ status: number; rejected: string | null; text: string }> {
    const signal = AbortSignal.any([AbortSignal.timeout(callMs), this.endless.signal]);
    const response = await fetch(url, { headers, signal, ...(body === undefined ? {} : { method: 'POST', body }) });
    return { status: response.status, rejected: response.headers.get('x-rejected-count'), text: await response.text() };
  }
}
