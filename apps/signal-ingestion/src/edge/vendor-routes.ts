import { Injectable } from '@nestjs/common';
import { Transient } from '@perennial/persistence/errors';
import { ProblemException } from '@perennial/service-kit/http/problem';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ItemFault } from '../domain/item-fault.js';
import { isItem } from '../domain/vendors/fields.js';
import type { Answer, ItemResult, VendorRequest } from '../domain/vendors/vendor.js';
import { addresses, senderOf, type Served } from '../domain/vendors/vendors.js';
import { allowOrigin, answerPreflight } from './cors.js';
import { FrontDoor } from './front-door.js';
import { presentedBy } from './presented-key.js';
import { busy, isTooMuch, notAuthorised, refusal } from './problem-answer.js';
import { RateLimit } from './rate-limit.js';
import { ignoreContentType, tooLarge, unpackBody } from './read-body.js';
import { vendorOperation } from './vendor-operations.js';
import { ReceivedRequest } from './vendor-request.js';
import { WriteKeys } from './write-keys.js';

type Address = (typeof addresses)[number];

/** The paths of all vendors, answered as their clients expect. They check their senders themselves, by write key. */
@Injectable()
export class VendorRoutes {
  constructor(
    private readonly door: FrontDoor,
    private readonly writeKeys: WriteKeys,
    private readonly rateLimit: RateLimit,
  ) {}

  register(fastify: FastifyInstance): void {
    for (const address of addresses) this.serve(fastify, address);
    for (const [path, group] of Map.groupBy(addresses, ({ path }) => path)) {
      const methods = group.map(({ method }) => method).join(', ');
      fastify.options(path, { config: { access: 'public', untraced: true } }, (request, reply) => answerPreflight(request, reply, methods));
    }
  }

  private serve(fastify: FastifyInstance, address: Address): void {
    const { method, path, served } = address;
    fastify.route({
      method,
      url: path,
      // HEAD would be taken for a call.
      exposeHeadRoute: false,
      config: { access: 'public', rawBody: true, maxBodyBytes: Math.max(...served.map(maxBytesOf)), operation: vendorOperation(address) },
      // A refusal without these headers shows in a browser as a network error, and is sent again.
      onRequest: (request, reply, done) => {
        allowOrigin(request, reply);
        ignoreContentType(request);
        done();
      },
      errorHandler: (error, request, reply) => {
        const large = 'code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE';
        if (!large) throw error;
        const one = senderOf(served, new ReceivedRequest(request), null);
        void this.inItsWords(one, reply, () => this.refuse(one, tooLarge(maxBytesOf(one)), this.headerKey(request), request));
      },
      handler: (request, reply) => this.take(served, request, reply),
    });
  }

  private async take(served: readonly Served[], request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    let one = senderOf(served, new ReceivedRequest(request), null);
    return this.inItsWords(() => one, reply, async () => {
      const shown = this.headerKey(request);
      // What cannot be read is listed, so it counts as well.
      const early = shown ?? this.senderInAddress(one, request);
      if (early) await this.rateLimit.count(early.sourceId, reply, one.path.busyStatus);
      const body = await unpackBody(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0), request.headers['content-encoding'], Math.max(...served.map(maxBytesOf)));
      if ('code' in body) return this.refuse(one, body, early, request);
      const asked = new ReceivedRequest(request, body);
      const json = one.path.decode ? one.path.decode(asked) : asked.json();
      if ('code' in json) return this.refuse(one, json, early, request);
      const value = isItem(json.value) ? json.value : {};
      one = senderOf(served, asked, value);
      if (body.length > maxBytesOf(one)) return this.refuse(one, tooLarge(maxBytesOf(one)), shown, request);
      const sender = this.sourceOf(oneKey([shown?.key, ...one.vendor.keysIn(value, asked.query)]));
      if (!early) await this.rateLimit.count(sender, reply, one.path.busyStatus);
      const results = await this.door.deliver({ vendor: one.vendor, call: one.path.call, sender, json, traceparent: oneOf(request.headers.traceparent) });
      if ('code' in results) return this.refuse(one, results, { sourceId: sender }, request);
      return this.answer(one, results, asked, reply);
    });
  }

  private answer({ vendor, path }: Served, results: readonly ItemResult[], asked: VendorRequest, reply: FastifyReply): FastifyReply {
    const rejected = results.filter(({ fault }) => fault !== null);
    const [first] = rejected;
    if (path.call !== null && first?.fault?.code === 'too_large') throw refusal(vendor.tooLargeStatus, first.fault);
    if (rejected.length > 0) void reply.header('x-rejected-count', String(rejected.length));
    return send(reply, path.answer ? path.answer(results, asked) : { body: vendor.success });
  }

  /** The key of the header and its source; null: none is shown. Refuses an unknown one before the body is read. */
  private headerKey(request: FastifyRequest): { key: string; sourceId: string } | null {
    const presented = presentedBy(request.headers.authorization);
    if (presented.kind === 'none') return null;
    if (presented.kind === 'malformed') throw notAuthorised('authorization_malformed');
    const key = presented.kind === 'key' ? presented.key : presented.token;
    return { key, sourceId: this.sourceOf(key) };
  }

  /** Who sends a body that cannot be read, by the key in the query; null: none of ours is there. */
  private senderInAddress({ vendor }: Served, request: FastifyRequest): { sourceId: string } | null {
    const key = vendor.keysIn({}, new ReceivedRequest(request).query).find((given) => typeof given === 'string' && given !== '');
    return typeof key === 'string' ? this.writeKeys.sourceOf(key) : null;
  }

  private sourceOf(key: string): string {
    const source = this.writeKeys.sourceOf(key);
    if (!source) throw notAuthorised('write_key_unknown');
    return source.sourceId;
  }

  /** Refuses a whole body; who sent it is told, and where we know them it is listed. */
  private async refuse({ vendor }: Served, fault: ItemFault, sender: { sourceId: string } | null, request: FastifyRequest): Promise<never> {
    if (sender) await this.door.listRefusal(sender.sourceId, fault, oneOf(request.headers.traceparent));
    throw refusal(isTooMuch(fault) ? vendor.tooLargeStatus : 400, fault);
  }

  /** Puts a refusal into the words of the vendor whose client it was, where that has words of its own. */
  private async inItsWords(one: Served | (() => Served), reply: FastifyReply, work: () => Promise<FastifyReply>): Promise<FastifyReply> {
    try {
      return await work();
    } catch (error) {
      const problem = error instanceof Transient ? busy('the log is away: try again') : error;
      const { vendor } = typeof one === 'function' ? one() : one;
      if (!(problem instanceof ProblemException) || !vendor.refusal) return reply.send(problem);
      const { code = '', retryAfterSeconds } = problem.extra;
      if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
      const { status, body } = vendor.refusal(problem.getStatus(), { code, pointer: '', detail: problem.message });
      return send(reply, { body }, status);
    }
  }
}

const maxBytesOf = ({ vendor, path }: Served): number => (path.call === null ? vendor.limits.batchBytes : vendor.limits.itemBytes);

/** The one write key that a request carries, wherever. */
function oneKey(given: readonly unknown[]): string {
  const [key, ...others] = new Set(given.filter((value) => typeof value === 'string' && value !== ''));
  if (key === undefined) throw notAuthorised('write_key_missing');
  if (others.length > 0) throw notAuthorised('write_keys_disagree');
  return key as string;
}

function send(reply: FastifyReply, { status = 200, type, body }: Answer, otherStatus: number = status): FastifyReply {
  void reply.status(otherStatus);
  if (type !== undefined || typeof body === 'string') return reply.type(type ?? 'text/plain; charset=utf-8').send(body);
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}

function oneOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
