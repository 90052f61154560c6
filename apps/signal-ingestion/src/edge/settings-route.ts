import { Injectable } from '@nestjs/common';
import { ProblemException } from '@perennial/service-kit/http/problem';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { VendorSettings } from '../domain/vendors/vendor.js';
import { vendors } from '../domain/vendors/vendors.js';
import { allowOrigin, answerPreflight } from './cors.js';
import { presentedBy } from './presented-key.js';
import { settingsOperation } from './vendor-operations.js';
import { WriteKeys } from './write-keys.js';

/** What browsers' clients ask first; on a 404 Segment's and RudderStack's send nothing at all. */
@Injectable()
export class SettingsRoute {
  constructor(private readonly writeKeys: WriteKeys) {}

  register(fastify: FastifyInstance): void {
    for (const vendor of vendors) for (const settings of vendor.settings ?? []) this.serve(fastify, vendor.name, settings);
  }

  private serve(fastify: FastifyInstance, vendor: string, { path, body }: VendorSettings): void {
    fastify.options(path, { config: { access: 'public', untraced: true } }, (request, reply) => answerPreflight(request, reply, 'GET'));
    fastify.get(path, { config: { access: 'public', operation: settingsOperation(vendor, path) } }, (request, reply) => {
      allowOrigin(request, reply);
      const writeKey = keyOf(request);
      if (writeKey === null || !this.writeKeys.sourceOf(writeKey)) throw new ProblemException(404, 'no source has this write key', { code: 'write_key_unknown' });
      return reply.header('cache-control', 'no-store').send(body(writeKey, addressOf(request)));
    });
  }
}

/** From the address, the query or the Authorization header, in this order. */
function keyOf(request: FastifyRequest): string | null {
  const { writeKey } = { ...(request.query as Record<string, unknown>), ...(request.params as Record<string, unknown>) };
  if (typeof writeKey === 'string') return writeKey;
  const presented = presentedBy(request.headers.authorization);
  return presented.kind === 'key' ? presented.key : null;
}

/** Only a host that is nothing but a host is repeated; without one the client uses the host it asked. */
function addressOf(request: FastifyRequest): { host: string; protocol: 'http' | 'https' } | null {
  const host = one(request.headers['x-forwarded-host']) ?? request.headers.host ?? '';
  if (!/^[A-Za-z0-9.\-[\]:]{1,255}$/.test(host)) return null;
  return { host, protocol: one(request.headers['x-forwarded-proto']) === 'https' ? 'https' : 'http' };
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header?.split(',')[0]?.trim();
}
