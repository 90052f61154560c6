import { Injectable } from '@nestjs/common';
import type { AccessGuard, AccessRequest } from '@perennial/service-kit/access-guard';
import { ProblemException } from '@perennial/service-kit/http/problem';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { perennial } from '../domain/vendors/perennial.js';
import type { ItemFault } from '../domain/item-fault.js';
import type { ItemResult } from '../domain/vendors/vendor.js';
import { FrontDoor } from './front-door.js';
import { presentedBy } from './presented-key.js';
import { isTooMuch, notAuthorised, refusal } from './problem-answer.js';
import { RateLimit } from './rate-limit.js';
import { ignoreContentType, readJson, tooLarge, unpackBody } from './read-body.js';
import { signalsOperation } from './signals-operation.js';
import { WriteKeys } from './write-keys.js';

/** Source of signals that come with an API key and name no source of their own. */
const apiSender = 'api';

/** `POST /api/v1/signals`: write key, or an API key's identity token; one result per item. */
@Injectable()
export class SignalsRoute {
  constructor(
    private readonly door: FrontDoor,
    private readonly writeKeys: WriteKeys,
    private readonly rateLimit: RateLimit,
  ) {}

  register(fastify: FastifyInstance, guard: AccessGuard): void {
    const maxBytes = perennial.limits.batchBytes;
    fastify.post('/api/v1/signals', {
      config: { access: 'public', rawBody: true, maxBodyBytes: maxBytes, operation: signalsOperation },
      onRequest: (request, _reply, done) => {
        ignoreContentType(request);
        done();
      },
      errorHandler: (error) => {
        if (!('code' in error) || error.code !== 'FST_ERR_CTP_BODY_TOO_LARGE') throw error;
        throw refusal(413, tooLarge(maxBytes));
      },
      handler: (request, reply) => this.take(guard, request, reply),
    });
  }

  private async take(guard: AccessGuard, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { traceparent } = request.headers;
    const trace = Array.isArray(traceparent) ? traceparent[0] : traceparent;
    const { sender, counted } = await this.senderOf(guard, request);
    await this.rateLimit.count(counted, reply);
    const body = await unpackBody(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0), request.headers['content-encoding'], perennial.limits.batchBytes);
    const json = Buffer.isBuffer(body) ? readJson(body) : body;
    if ('code' in json) return this.refuse(json, sender, trace);
    const results = await this.door.deliver({ vendor: perennial, call: null, sender, json, traceparent: trace });
    if ('code' in results) return this.refuse(results, sender, trace);
    return reply.status(200).send(answerOf(results));
  }

  /** Who sends, and as whom the request is counted: API keys share one sender, not one limit. */
  private async senderOf(guard: AccessGuard, request: FastifyRequest): Promise<{ sender: string; counted: string }> {
    const presented = presentedBy(request.headers.authorization);
    if (presented.kind === 'none') throw notAuthorised('write_key_missing');
    if (presented.kind === 'malformed') throw notAuthorised('authorization_malformed');
    if (presented.kind === 'token') {
      const caller: AccessRequest = { method: request.method, headers: request.headers };
      await guard.check(caller, { kind: 'scope', scope: 'signals:write' });
      if (!caller.principal) throw new ProblemException(403, 'this needs the scope signals:write', { code: 'scope_missing' });
      return { sender: apiSender, counted: `${apiSender}/${caller.principal.sub}` };
    }
    const source = this.writeKeys.sourceOf(presented.key);
    if (!source) throw notAuthorised('write_key_unknown');
    return { sender: source.sourceId, counted: source.sourceId };
  }

  private async refuse(fault: ItemFault, sender: string, traceparent: string | undefined): Promise<never> {
    await this.door.listRefusal(sender, fault, traceparent);
    throw refusal(isTooMuch(fault) ? 413 : 400, fault);
  }
}

function answerOf(results: readonly ItemResult[]): unknown {
  const rejected = results.filter(({ fault }) => fault !== null).length;
  return {
    accepted: results.length - rejected,
    rejected,
    results: results.map(({ id, fault }, index) => ({
      index,
      ...(id === null ? {} : { id }),
      status: fault === null ? 'accepted' : 'rejected',
      ...(fault === null ? {} : { code: fault.code, pointer: fault.pointer, detail: fault.detail }),
    })),
  };
}
