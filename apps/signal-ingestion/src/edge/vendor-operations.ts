import type { RawOperation } from '@perennial/service-kit/openapi';
import type { Vendor, VendorPath } from '../domain/vendors/vendor.js';

type Operation = NonNullable<RawOperation['operation']>;

const anyObject = { type: 'object' } as const;

/** A vendor's path for the OpenAPI document. What its items hold is the vendor's own to describe. */
export function vendorOperation({ name, limits, itemsField, success, tooLargeStatus }: Vendor, { path, call }: VendorPath): Operation {
  const batch = call === null;
  const most = batch ? `${limits.batchItems} items or ${limits.batchBytes / 1024} KiB` : `${limits.itemBytes / 1024} KiB`;
  const schema = batch ? { ...anyObject, required: [itemsField], properties: { [itemsField]: { type: 'array' as const, maxItems: limits.batchItems, items: anyObject } } } : anyObject;
  return {
    operationId: `${name}${path.replaceAll(/\W+/g, '_')}`,
    tags: [name],
    summary: `${call ?? 'Several calls'}, as the ${name} SDKs send ${batch ? 'them' : 'it'}`,
    description: `At most ${most}, also packed (gzip, deflate, br); too much is answered ${tooLargeStatus}. The Content-Type is not looked at. Authorised by a source's write key, in the header or where the SDK writes it into the body. What cannot be taken is listed under /api/v1/rejected.`,
    security: [{ writeKey: [] }, { writeKeyBearer: [] }, {}],
    requestBody: { required: true, content: { 'application/json': { schema } } },
    responses: {
      200: {
        description: 'The log has it for good.',
        headers: { 'x-rejected-count': { description: 'How many items were not taken; absent where all were.', schema: { type: 'integer', minimum: 1 } } },
        content: { 'application/json': { schema: {}, example: success } },
      },
    },
  };
}

/** Where a browser's SDK learns where to send to. */
export const settingsOperation: Operation = {
  operationId: 'segment_settings',
  tags: ['segment'],
  summary: 'Settings of the browser SDK',
  description: 'Names the host that was asked as the one to send to. A write key of no source is 404.',
  security: [],
  parameters: [{ name: 'writeKey', in: 'path', required: true, schema: { type: 'string' } }],
  responses: { 200: { description: 'As Segment answers.', content: { 'application/json': { schema: { ...anyObject, required: ['integrations'], properties: { integrations: anyObject } } } } } },
};
