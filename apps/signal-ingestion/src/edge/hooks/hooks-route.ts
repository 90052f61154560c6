import { Inject, Injectable } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import type { SignalInput } from '@perennial/contracts/signal';
import { Clock } from '@perennial/service-kit/clock';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { CONFIG } from '@perennial/service-kit/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { v5 as uuidv5 } from 'uuid';
import type { SignalIngestionConfig } from '../../config.js';
import { fitSignals } from '../../domain/hooks/fit-signals.js';
import { takesSignals } from '../../domain/hooks/generic.js';
import type { HookRequest } from '../../domain/hooks/hook-source.js';
import { hookSources } from '../../domain/hooks/hook-sources.js';
import type { ItemFault } from '../../domain/item-fault.js';
import { vendorNamed } from '../../domain/vendors/vendors.js';
import type { ItemResult, Vendor } from '../../domain/vendors/vendor.js';
import { FrontDoor } from '../front-door.js';
import { refusal } from '../problem-answer.js';
import { RateLimit } from '../rate-limit.js';
import { ignoreContentType } from '../read-body.js';
import { HookEndpoints, type HookEndpoint } from './hook-endpoints.js';
import { HookMapper, type MappedEvent } from '../../application/hooks/hook-mapper.js';
import { hookOperation } from './hook-operations.js';
import { hookFault } from './verify-hook.js';

const path = '/v1/hooks/:source/:endpointId';
const maxBytes = 1024 * 1024;
const rejectedNamespace = '5d1d2c52-0a53-4c8e-9d0e-0f8b1e6a7a90';
type Result = 'taken' | 'ignored' | 'refused';

/** `POST /v1/hooks/<source>/<endpoint>`: business systems' webhooks, checked over the body as it came. */
@Injectable()
export class HooksRoute {
  private readonly calls = metrics.getMeter('@perennial/signal-ingestion').createCounter('perennial.hook.calls', { description: 'Webhook calls at the front door, by source and result.' });
  /** Whoever knows an address may call it: of each endpoint only some refusals a minute are listed, all are counted. */
  private readonly listed = new RateLimiterMemory({ points: 20, duration: 60 });

  constructor(
    private readonly door: FrontDoor,
    private readonly endpoints: HookEndpoints,
    private readonly mapper: HookMapper,
    private readonly rateLimit: RateLimit,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: SignalIngestionConfig,
  ) {
    // Alerts ask for these before the first call.
    for (const { name } of hookSources) for (const result of ['taken', 'ignored', 'refused'] as const) this.count(name, result, 0);
  }

  register(fastify: FastifyInstance): void {
    // Some senders ask whether anybody is there before they save an address.
    fastify.head<{ Params: Address }>(path, { config: { access: 'public' } }, (request, reply) => {
      this.endpointAt(request.params);
      return reply.status(200).send();
    });
    fastify.post<{ Params: Address }>(path, {
      config: { access: 'public', rawBody: true, maxBodyBytes: maxBytes, operation: hookOperation },
      onRequest: (request, _reply, done) => {
        ignoreContentType(request);
        done();
      },
      errorHandler: (error) => {
        if (!('code' in error) || error.code !== 'FST_ERR_CTP_BODY_TOO_LARGE') throw error;
        throw refusal(413, { code: 'too_large', pointer: '', detail: `the body is larger than ${maxBytes} bytes` });
      },
      handler: (request, reply) => this.take(request, reply),
    });
  }

  private endpointAt({ source, endpointId }: Address): HookEndpoint {
    const endpoint = this.endpoints.at(source, endpointId);
    if (!endpoint) throw new ProblemException(404, 'there is no webhook endpoint at this address: it may be revoked or misspelt', { code: 'endpoint_unknown' });
    return endpoint;
  }

  private async take(request: FastifyRequest<{ Params: Address }>, reply: FastifyReply): Promise<FastifyReply> {
    const endpoint = this.endpointAt(request.params);
    const { source } = endpoint;
    await this.rateLimit.count(endpoint.id, reply);
    const { traceparent } = request.headers;
    const trace = Array.isArray(traceparent) ? traceparent[0] : traceparent;
    const call = this.callOf(request);
    // A sender signs by a clock of its own, which does not follow a test clock.
    const unproven = await hookFault(source.checks(endpoint.settings), this.endpoints.secretsOf(endpoint), call, [Date.now(), this.clock.now().getTime()]);
    if (unproven) {
      this.count(source.name, 'refused');
      await this.listSome(endpoint, unproven, trace);
      throw refusal(401, unproven);
    }

    const events = await this.mapper.map(endpoint, call);
    if ('code' in events) {
      this.count(source.name, 'refused');
      await this.door.listRefusal(endpoint.id, events, trace);
      throw refusal(400, events);
    }
    const checked = events.map((event) => this.check(endpoint, event));
    const results = await this.deliver(endpoint, checked.flatMap(({ signals }) => signals), trace);
    // Behind its signals, which count as taken from here on.
    await Promise.all(checked.map((event) => this.list(endpoint, event, trace)));
    const rejected = results.filter(({ fault }) => fault !== null).length + checked.filter(({ fault }) => fault !== null).length;
    this.count(source.name, results.length + rejected === 0 ? 'ignored' : 'taken');
    if (rejected > 0) void reply.header('x-rejected-count', String(rejected));
    const acknowledgement = source.acknowledge?.(call) ?? null;
    return acknowledgement ? reply.status(200).type(acknowledgement.type).send(acknowledgement.body) : reply.status(200).send({ received: true, signals: results.filter(({ fault }) => fault === null).length, rejected });
  }

  /** The event with those of its signals that can be taken, and why it is listed where others cannot. */
  private check(endpoint: HookEndpoint, event: MappedEvent): MappedEvent {
    if (event.fault !== null || takesSignals(endpoint.source, endpoint.settings)) return event;
    const { fit, fault } = fitSignals(vendorNamed(endpoint.source.name) as Vendor, event.signals, this.clock.now().getTime(), this.config.rules);
    return { ...event, signals: fit, fault };
  }

  /** A repetition is listed once, as the event it repeats was. */
  private async list(endpoint: HookEndpoint, { id, type, body, signals, fault }: MappedEvent, trace: string | undefined): Promise<void> {
    if (!fault) return;
    const event = { id, type: type.slice(0, 200), taken: signals.map((signal) => signal.id as string) };
    await this.door.listRefusal(endpoint.id, fault, trace, { id: uuidv5(`${endpoint.id}/${id}/${fault.code}`, rejectedNamespace), payload: body, reread: { vendor: endpoint.source.name, call: 'event', sentAt: null, event } });
  }

  /** As many deliveries as they need. One that fails makes the sender come again: what went before is known then. */
  private async deliver(endpoint: HookEndpoint, all: readonly SignalInput[], traceparent: string | undefined): Promise<ItemResult[]> {
    const vendor = vendorNamed(endpoint.source.name) as Vendor;
    const results: ItemResult[] = [];
    while (results.length < all.length) {
      const signals = all.slice(results.length, results.length + vendor.limits.batchItems);
      const told = await this.door.deliver({ vendor, call: null, sender: endpoint.id, json: { value: { signals }, text: JSON.stringify({ signals }) }, traceparent });
      if ('code' in told) {
        await this.door.listRefusal(endpoint.id, told, traceparent);
        throw refusal(400, told);
      }
      results.push(...told);
    }
    return results;
  }

  private callOf(request: FastifyRequest): HookRequest {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]));
    const query = Object.fromEntries(new URL(request.url, 'http://here').searchParams);
    const asked = [...new Set([headers['x-forwarded-host'], headers['host']])].flatMap((host) => (host === undefined ? [] : [`https://${host}`, `http://${host}`]));
    const origins = this.config.publicUrl === null ? asked : [this.config.publicUrl.replace(/\/$/, ''), ...asked];
    return { method: request.method, body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0), headers, query, urls: origins.map((origin) => `${origin}${request.url}`) };
  }

  private async listSome(endpoint: HookEndpoint, fault: ItemFault, trace: string | undefined): Promise<void> {
    try {
      await this.listed.consume(endpoint.id);
    } catch (spent) {
      if (spent instanceof RateLimiterRes) return;
      throw spent;
    }
    await this.door.listRefusal(endpoint.id, fault, trace);
  }

  private count(vendor: string, result: Result, calls = 1): void {
    this.calls.add(calls, { vendor, result });
  }
}

interface Address {
  readonly source: string;
  readonly endpointId: string;
}
