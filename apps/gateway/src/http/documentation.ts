import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { csrfHeader, sessionCookie } from '../application/authenticate.js';
import { mergeOpenApi, type OpenApiDocument, type OpenApiPart } from '../domain/merge-openapi.js';
import { withSessions } from '../domain/session-security.js';
import { BackendClient } from './backend-client.js';

/** How long a merged document is used again, in ms; an incomplete one only until it is asked for next. */
const reuseMs = 30_000;

/** One OpenAPI document for the whole interface, merged from what each service says of itself. */
@Injectable()
export class Documentation {
  private known: { readonly document: OpenApiDocument; readonly madeAt: number } | null = null;
  constructor(private readonly services: BackendClient) {}

  /** `own`: the gateway's document. Services that do not answer are named in `x-missing-services`. */
  async merged(own: () => OpenApiDocument): Promise<OpenApiDocument> {
    if (this.known && performance.now() - this.known.madeAt < reuseMs) return this.known.document;
    const answers = await this.services.getAll<OpenApiDocument>('/internal/openapi.json', null);
    const missing = answers.filter(({ body }) => body === null).map(({ backend }) => backend);
    const parts: OpenApiPart[] = [{ service: 'gateway', document: own() }, ...answers.flatMap(({ backend, body }) => (body ? [{ service: backend, document: body }] : []))];
    const document = withSessions(mergeOpenApi(
      {
        openapi: '3.1.0',
        info: { title: 'Perennial', version: '1', description: 'Customer health, renewals and playbooks.', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
        servers: [{ url: '/' }],
        security: [{ apiKey: [] }],
        ...(missing.length === 0 ? {} : { 'x-missing-services': missing }),
      },
      parts,
    ), sessionCookie, csrfHeader);
    this.known = missing.length === 0 ? { document, madeAt: performance.now() } : null;
    return document;
  }
}

/** The page at `/docs` asks for `/api/v1/openapi.json`; @fastify/swagger itself is not needed, only its name. */
export function documentSource(document: () => unknown): (fastify: FastifyInstance) => Promise<void> {
  const plugin = async (fastify: FastifyInstance): Promise<void> => {
    fastify.decorate('swagger', document);
  };
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true, [Symbol.for('plugin-meta')]: { name: '@fastify/swagger' }, [Symbol.for('fastify.display-name')]: '@fastify/swagger' });
}
