import { signalInputSchema, signalKinds } from '@perennial/contracts/signal';
import type { RawOperation } from '@perennial/service-kit/openapi';

type Operation = NonNullable<RawOperation['operation']>;

const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;
/** The schemas that the edge checks with are the ones that the document shows. */
const signal = { anyOf: signalKinds.map((kind) => JSON.parse(JSON.stringify(signalInputSchema(kind))) as Record<string, never>) };

/** `POST /api/v1/signals` for the OpenAPI document. */
export const signalsOperation: Operation = {
  operationId: 'signals_send',
  tags: ['signals'],
  summary: 'Send signals',
  description: 'At most 1,000 signals or 4 MiB. Answered once the log has them for good; a signal that cannot be taken never spoils its neighbours, and is listed under /api/v1/rejected. Authorised by a source\'s write key or an API key with the scope signals:write.',
  security: [{ apiKey: [] }, { writeKey: [] }, { writeKeyBearer: [] }],
  requestBody: { required: true, content: { 'application/json': { schema: { type: 'object', required: ['signals'], properties: { signals: { type: 'array', maxItems: 1000, items: signal } } } } } },
  responses: {
    200: {
      description: 'One result per signal, in order.',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['accepted', 'rejected', 'results'],
            properties: {
              accepted: count,
              rejected: count,
              results: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['index', 'status'],
                  properties: { index: count, id: text, status: { type: 'string', enum: ['accepted', 'rejected'] }, code: text, pointer: text, detail: text },
                },
              },
            },
          },
        },
      },
    },
  },
};
