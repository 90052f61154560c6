import type { FastifyRequest } from 'fastify';
import type { VendorRequest } from '../domain/vendors/vendor.js';
import { contentTypeOf, readJson, readJsonText } from './read-body.js';

/** A request as the vendors' modules see it. `bytes` is its body, unpacked; what is not asked for is not read. */
export function vendorRequest(request: FastifyRequest, bytes: Buffer): VendorRequest {
  return {
    bytes,
    get contentType() {
      return contentTypeOf(request);
    },
    get query() {
      return firstOfEach(request.query as Readonly<Record<string, string | string[]>>);
    },
    // Of the headers that matter here Node keeps the first, or joins them to one text.
    headers: request.headers as Readonly<Record<string, string | undefined>>,
    json: (text) => (text === undefined ? readJson(bytes) : readJsonText(text)),
  };
}

function firstOfEach(values: Readonly<Record<string, string | string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? (value[0] ?? '') : value]));
}
