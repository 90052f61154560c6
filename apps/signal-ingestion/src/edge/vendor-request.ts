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
      return firstOfEach(request.query as Values) as Record<string, string>;
    },
    get headers() {
      return firstOfEach(request.headers);
    },
    json: (text) => (text === undefined ? readJson(bytes) : readJsonText(text)),
  };
}

type Values = Readonly<Record<string, string | string[] | undefined>>;

function firstOfEach(values: Values): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? (value[0] ?? '') : value]));
}
