import type { RawOperation } from '@perennial/service-kit/openapi';
import { hookSources } from '../../domain/hooks/hook-sources.js';

type Operation = NonNullable<RawOperation['operation']>;

/** `POST /v1/hooks/{source}/{endpointId}` for the OpenAPI document. */
export const hookOperation: Operation = {
  operationId: 'hooks_receive',
  tags: ['webhooks in'],
  summary: 'A business system\'s webhook',
  description: 'Answered once the log has its signals for good. At most 1 MiB. The body is what the system sends; how it is signed is said on each source\'s page. A call without a good signature, or with an old one, is 401 and listed under /api/v1/rejected; one that comes again is 200 and changes nothing; an event that means nothing to us is 200.',
  security: [],
  parameters: [
    { name: 'source', in: 'path', required: true, schema: { type: 'string', enum: hookSources.map(({ name }) => name) } },
    { name: 'endpointId', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
  ],
  requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } },
  responses: {
    200: {
      description: 'The log has it for good. Senders that ask for an answer of their own get that.',
      headers: { 'x-rejected-count': { description: 'How many of its events could not be taken and are listed; absent where all were.', schema: { type: 'integer', minimum: 1 } } },
      content: { 'application/json': { schema: { type: 'object', required: ['received', 'signals', 'rejected'], properties: { received: { type: 'boolean' }, signals: { type: 'integer', minimum: 0 }, rejected: { type: 'integer', minimum: 0 } } } } },
    },
  },
};
