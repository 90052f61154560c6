import type { FastifyRequest } from 'fastify';
import type { ItemFault } from '../domain/item-fault.js';
import type { ReadJson, VendorRequest } from '../domain/vendors/vendor.js';
import { contentTypeOf, readJson, readJsonText } from './read-body.js';

const nothing = Buffer.alloc(0);

/** A request as the vendors' modules see it. What is not asked for is not read. */
export class ReceivedRequest implements VendorRequest {
  readonly json = (text?: string): ReadJson | ItemFault => (text === undefined ? readJson(this.bytes) : readJsonText(text));

  /** `bytes`: the body, unpacked; none while it has not been read. */
  constructor(
    private readonly request: FastifyRequest,
    readonly bytes: Buffer = nothing,
  ) {}

  get contentType(): string {
    return contentTypeOf(this.request);
  }

  get query(): Record<string, string> {
    return firstOfEach(this.request.query as Readonly<Record<string, string | string[]>>);
  }

  /** Of those that matter here Node keeps the first, or joins them to one text. */
  get headers(): Readonly<Record<string, string | undefined>> {
    return this.request.headers as Readonly<Record<string, string | undefined>>;
  }

}

function firstOfEach(values: Readonly<Record<string, string | string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? (value[0] ?? '') : value]));
}
