import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ItemFault } from '../domain/item-fault.js';
import type { Item, Vendor, VendorPath } from '../domain/vendors/vendor.js';
import { vendors } from '../domain/vendors/vendors.js';
import { allowOrigin, answerPreflight } from './cors.js';
import { FrontDoor } from './front-door.js';
import { presentedBy } from './presented-key.js';
import { notAuthorised, refusal } from './problem-answer.js';
import { RateLimit } from './rate-limit.js';
import { ignoreContentType, readJson, unpackBody, type BodyFault } from './read-body.js';
import { vendorOperation } from './vendor-operations.js';
import { WriteKeys } from './write-keys.js';

/** The paths of all vendors, answered as their clients expect. They check their senders themselves, by write key. */
@Injectable()
export class VendorRoutes {
  constructor(
    private readonly door: FrontDoor,
    private readonly writeKeys: WriteKeys,
    private readonly rateLimit: RateLimit,
  ) {}

  register(fastify: FastifyInstance): void {
    for (const vendor of vendors) for (const path of vendor.paths) this.serve(fastify, vendor, path);
  }

  private serve(fastify: FastifyInstance, vendor: Vendor, vendorPath: VendorPath): void {
    const { path, call } = vendorPath;
    const { itemBytes, batchBytes } = vendor.limits;
    const maxBytes = call === null ? batchBytes : itemBytes;
    fastify.options(path, { config: { access: 'public', untraced: true } }, (request, reply) => answerPreflight(request, reply, 'POST'));
    fastify.post(path, {
      config: { access: 'public', rawBody: true, maxBodyBytes: maxBytes, operation: vendorOperation(vendor, vendorPath) },
      // A refusal without these headers shows in a browser as a network error, and is sent again.
      onRequest: (request, reply, done) => {
        allowOrigin(request, reply);
        ignoreContentType(request);
        done();
      },
      errorHandler: (error, request, reply) => {
        const tooLarge = 'code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE';
        if (!tooLarge) throw error;
        void this.refuseLarge(vendor, maxBytes, request).catch((problem: unknown) => reply.send(problem));
      },
      handler: (request, reply) => this.take(vendor, call, maxBytes, request, reply),
    });
  }

  private async take(vendor: Vendor, call: string | null, maxBytes: number, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { traceparent } = request.headers;
    const shown = this.headerKey(request);
    if (shown) await this.rateLimit.count(shown.sourceId, reply);
    const body = await unpackBody(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0), request.headers['content-encoding'], maxBytes);
    const json = Buffer.isBuffer(body) ? readJson(body) : body;
    if ('code' in json) return this.refuse(vendor, json, shown, request);
    const inBody = isItem(json.value) ? vendor.keyIn(json.value) : null;
    const sender = this.senderOf(shown?.key ?? null, inBody);
    if (!shown) await this.rateLimit.count(sender, reply);
    const results = await this.door.deliver({ vendor, call, sender, json, traceparent: oneOf(traceparent) });
    if ('code' in results) return this.refuse(vendor, results, { sourceId: sender }, request);
    const rejected = results.filter(({ fault }) => fault !== null);
    const [first] = rejected;
    if (call !== null && first?.fault?.code === 'too_large') throw refusal(vendor.tooLargeStatus, first.fault);
    if (rejected.length > 0) void reply.header('x-rejected-count', String(rejected.length));
    return reply.status(200).send(vendor.success);
  }

  /** The key of the header and its source; null: none is shown. Refuses an unknown one before the body is read. */
  private headerKey(request: FastifyRequest): { key: string; sourceId: string } | null {
    const presented = presentedBy(request.headers.authorization);
    if (presented.kind === 'none') return null;
    if (presented.kind === 'malformed') throw notAuthorised('authorization_malformed');
    const key = presented.kind === 'key' ? presented.key : presented.token;
    return { key, sourceId: this.sourceOf(key) };
  }

  private senderOf(header: string | null, body: string | null): string {
    if (header !== null && body !== null && header !== body) throw notAuthorised('write_keys_disagree');
    const key = header ?? body;
    if (key === null) throw notAuthorised('write_key_missing');
    return this.sourceOf(key);
  }

  private sourceOf(key: string): string {
    const source = this.writeKeys.sourceOf(key);
    if (!source) throw notAuthorised('write_key_unknown');
    return source.sourceId;
  }

  /** Refuses a whole body; who sent it is told, and where we know them it is listed. */
  private async refuse(vendor: Vendor, fault: ItemFault | BodyFault, sender: { sourceId: string } | null, request: FastifyRequest): Promise<never> {
    if (sender) await this.door.listRefusal(sender.sourceId, { pointer: '', ...fault }, oneOf(request.headers.traceparent));
    throw refusal(fault.code === 'too_large' ? vendor.tooLargeStatus : 400, fault);
  }

  private async refuseLarge(vendor: Vendor, maxBytes: number, request: FastifyRequest): Promise<never> {
    const fault: BodyFault = { code: 'too_large', detail: `the body is larger than ${maxBytes} bytes: send it in parts` };
    return this.refuse(vendor, fault, this.headerKey(request), request);
  }
}

const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null && !Array.isArray(value);

function oneOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
