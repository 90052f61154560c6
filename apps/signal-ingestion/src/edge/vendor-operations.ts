import type { RawOperation } from '@perennial/service-kit/openapi';
import type { addresses } from '../domain/vendors/vendors.js';

type Operation = NonNullable<RawOperation['operation']>;

const anyObject = { type: 'object' } as const;

/** An address of vendors for the OpenAPI document. What its items hold is the vendor's own to describe. */
export function vendorOperation({ method, path, served }: (typeof addresses)[number]): Operation {
  const { vendor, path: first } = served.at(-1)!;
  const { name, itemsField, success, limits } = vendor;
  const batch = first.call === null;
  const most = served.map(({ vendor: { name: sender, limits: most, tooLargeStatus } }) => `${served.length > 1 ? `${sender}: ` : ''}at most ${batch ? `${most.batchItems} items or ${most.batchBytes / 1024} KiB` : `${most.itemBytes / 1024} KiB`}, too much is answered ${tooLargeStatus}`).join('; ');
  const schema = batch && !first.decode ? { ...anyObject, required: [itemsField], properties: { [itemsField]: { type: 'array' as const, maxItems: limits.batchItems, items: anyObject } } } : anyObject;
  const sample = first.answer?.([], { bytes: Buffer.alloc(0), contentType: '', query: {}, headers: {}, json: () => ({ value: {}, text: '{}' }) }) ?? { body: success };
  return {
    operationId: `${name}${path.replaceAll(/\W+/g, '_')}${path.endsWith('/') ? 'slash' : ''}${method === 'POST' ? '' : '_get'}`,
    tags: [name],
    summary: `${first.call ?? 'Several calls'}, as the ${served.map(({ vendor: { name: sender } }) => sender).join(' and ')} SDKs send ${batch ? 'them' : 'it'}`,
    description: `${most}; also packed (gzip, deflate, br). The Content-Type is not looked at where the client lies in it. Authorised by a source's write key, in the header or where the SDK writes it. What cannot be taken is listed under /api/v1/rejected.`,
    security: [{ writeKey: [] }, { writeKeyBearer: [] }, {}],
    ...(method === 'POST' ? { requestBody: { required: true, content: { 'application/json': { schema } } } } : {}),
    responses: {
      200: {
        description: 'The log has it for good.',
        headers: { 'x-rejected-count': { description: 'How many items were not taken; absent where all were.', schema: { type: 'integer', minimum: 1 } } },
        content: { [sample.type?.split(';')[0] ?? (typeof sample.body === 'string' ? 'text/plain' : 'application/json')]: { schema: {}, ...(sample.type === undefined ? { example: sample.body } : {}) } },
      },
    },
  };
}

/** Where a browser's SDK learns where to send to. */
export function settingsOperation(vendor: string, path: string): Operation {
  return {
    operationId: `${vendor}_settings${path.endsWith('/') ? '_slash' : ''}`,
    tags: [vendor],
    summary: `Settings of the ${vendor} browser SDK`,
    description: 'As the vendor answers; the host that was asked is the one to send to. A write key of no source is 404.',
    security: [],
    parameters: [{ name: 'writeKey', in: path.includes(':writeKey') ? 'path' : 'query', required: path.includes(':writeKey'), schema: { type: 'string' } }],
    responses: { 200: { description: 'What the client needs before it sends.', content: { 'application/json': { schema: anyObject } } } },
  };
}
