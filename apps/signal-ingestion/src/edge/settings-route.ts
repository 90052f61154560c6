import { Injectable } from '@nestjs/common';
import { ProblemException } from '@perennial/service-kit/http/problem';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { allowOrigin, answerPreflight } from './cors.js';
import { settingsOperation } from './vendor-operations.js';
import { WriteKeys } from './write-keys.js';

const path = '/v1/projects/:writeKey/settings';

/**
 * What Segment's browser client asks first; on a 404 it sends nothing at all. The smallest answer that
 * works names where to send to: the host that was asked (ingest.md section 2).
 */
@Injectable()
export class SettingsRoute {
  constructor(private readonly writeKeys: WriteKeys) {}

  register(fastify: FastifyInstance): void {
    fastify.options(path, { config: { access: 'public', untraced: true } }, (request, reply) => answerPreflight(request, reply, 'GET'));
    fastify.get<{ Params: { writeKey: string } }>(path, { config: { access: 'public', operation: settingsOperation } }, (request, reply) => {
      allowOrigin(request, reply);
      const { writeKey } = request.params;
      if (!this.writeKeys.sourceOf(writeKey)) throw new ProblemException(404, 'no source has this write key', { code: 'write_key_unknown' });
      return reply.header('cache-control', 'no-store').send({ integrations: { 'Segment.io': { apiKey: writeKey, ...addressOf(request) } } });
    });
  }
}

/** Only a host that is nothing but a host is repeated; without one the client uses the host it asked. */
function addressOf(request: FastifyRequest): { apiHost?: string; protocol?: string } {
  const host = one(request.headers['x-forwarded-host']) ?? request.headers.host ?? '';
  if (!/^[A-Za-z0-9.\-[\]:]{1,255}$/.test(host)) return {};
  return { apiHost: `${host}/v1`, protocol: one(request.headers['x-forwarded-proto']) === 'https' ? 'https' : 'http' };
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header?.split(',')[0]?.trim();
}

