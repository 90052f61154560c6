import { HttpException, HttpStatus } from '@nestjs/common';

/** One place in the request that is wrong: a JSON pointer into the body, or a query parameter's name after `?`. */
export interface ProblemError {
  readonly pointer: string;
  readonly detail: string;
}

/** JSON pointer to a place in the body; empty: the whole. */
export const bodyPointer = (path: readonly string[]): string => path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** How a query parameter is pointed at. */
export const queryPointer = ([name = '']: readonly string[]): string => `?${name}`;

/** RFC 9457 problem details, as `application/problem+json`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly instance?: string;
  readonly traceId?: string;
  /** Stable name of what went wrong. */
  readonly code: string;
  readonly errors?: readonly ProblemError[];
}

export const problemContentType = 'application/problem+json; charset=utf-8';

interface Kind {
  /** The short title of a status; the same for every problem of that status. */
  readonly title: string;
  /** What a problem is called that has no name of its own. */
  readonly code: string;
}

const kinds = new Map<number, Kind>([
  [400, { title: 'Bad request', code: 'bad_request' }],
  [401, { title: 'Not authenticated', code: 'not_signed_in' }],
  [403, { title: 'Not allowed', code: 'not_allowed' }],
  [404, { title: 'Not found', code: 'not_found' }],
  [405, { title: 'Method not allowed', code: 'method_not_allowed' }],
  [408, { title: 'Request timeout', code: 'request_timeout' }],
  [409, { title: 'Conflict', code: 'conflict' }],
  [413, { title: 'Too large', code: 'too_large' }],
  [415, { title: 'Unsupported media type', code: 'unsupported_media_type' }],
  [422, { title: 'Cannot be processed', code: 'unprocessable' }],
  [429, { title: 'Too many requests', code: 'rate_limited' }],
  [431, { title: 'Headers too large', code: 'headers_too_large' }],
  [500, { title: 'Internal error', code: 'internal_error' }],
  [502, { title: 'Bad gateway', code: 'bad_gateway' }],
  [503, { title: 'Not available now', code: 'unavailable' }],
  [504, { title: 'Gateway timeout', code: 'backend_timeout' }],
]);

export function kindOf(status: number): Kind {
  const name = HttpStatus[status]?.toLowerCase() ?? 'error';
  return kinds.get(status) ?? { title: name.replaceAll('_', ' '), code: name };
}

/** A problem as it is answered: the type is the code as a URN. */
export function problemOf(status: number, { code = kindOf(status).code, ...more }: Partial<Problem>): Problem {
  return { type: `urn:perennial:problem:${code}`, title: kindOf(status).title, status, ...more, code };
}

/** What an unknown address is answered with. */
export const nothingHere = (): ProblemException => new ProblemException(404, 'there is nothing at this address');

/** An HTTP error that names the places concerned, or has a code of its own. */
export class ProblemException extends HttpException {
  constructor(
    status: number,
    detail: string,
    readonly extra: { readonly errors?: readonly ProblemError[]; readonly code?: string; readonly retryAfterSeconds?: number } = {},
  ) {
    super(detail, status);
  }
}
