import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

const problemSchema = {
  type: 'object' as const,
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', description: 'The code as a URN.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    traceId: { type: 'string' },
    code: { type: 'string', description: 'Stable name of what went wrong.' },
    errors: {
      type: 'array',
      items: { type: 'object', required: ['pointer', 'detail'], properties: { pointer: { type: 'string' }, detail: { type: 'string' } } },
    },
  },
};

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** What a route that was added to Fastify directly tells of itself. */
export interface RawOperation {
  readonly method: string;
  /** As Fastify writes it: `/things/:id`. */
  readonly url: string;
  readonly operation?: Operation | undefined;
}

/** The OpenAPI 3.1 document of a service, from its controllers and DTOs, and from raw routes that describe themselves. */
export function openApiDocument(app: INestApplication, service: string, raw: readonly RawOperation[] = []): OpenAPIObject {
  const settings = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0').setTitle(`Perennial: ${service}`).setVersion('1').setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0').addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key.' }, 'apiKey').addSecurityRequirements('apiKey')
    .addBasicAuth({ type: 'http', scheme: 'basic', description: "A source's write key as the user name, without a password." }, 'writeKey')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: "A source's write key." }, 'writeKeyBearer').build();
  const document = SwaggerModule.createDocument(app, settings, { operationIdFactory: (controller, method) => `${lowerFirst(controller.replace(/Controller$/, ''))}_${method}` });
  for (const { method, url, operation } of raw) {
    const path = url.replaceAll(/:(\w+)/g, '{$1}');
    if (operation && method !== 'HEAD') document.paths[path] = { ...document.paths[path], [method.toLowerCase()]: operation };
  }
  document.components = { ...document.components, schemas: { ...document.components?.schemas, Problem: problemSchema } };
  const problem = { description: 'Problem details (RFC 9457).', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
  for (const path of Object.values(document.paths)) {
    for (const operation of Object.values(path as Record<string, { responses?: Record<string, unknown> }>)) {
      if (operation.responses) operation.responses['default'] ??= problem;
    }
  }
  return document;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
