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
  readonly code?: string;
  readonly errors?: readonly ProblemError[];
}

export const problemContentType = 'application/problem+json; charset=utf-8';

const titles = new Map<number, string>([
  [400, 'Bad request'],
  [401, 'Not signed in'],
  [403, 'Not allowed'],
  [404, 'Not found'],
  [405, 'Method not allowed'],
  [409, 'Conflict'],
  [413, 'Too large'],
  [415, 'Unsupported media type'],
  [422, 'Cannot be processed'],
  [429, 'Too many requests'],
  [500, 'Internal error'],
  [502, 'Bad gateway'],
  [503, 'Not available now'],
  [504, 'Gateway timeout'],
]);

/** The short title of a status; the same for every problem of that status. */
export function titleOf(status: number): string {
  return titles.get(status) ?? HttpStatus[status]?.toLowerCase().replaceAll('_', ' ') ?? 'Error';
}

/** What an unknown address is answered with. */
export const nothingHere = (): ProblemException => new ProblemException(404, 'there is nothing at this address', { code: 'not_found' });

/** An HTTP error that names the places concerned, or a stable code. */
export class ProblemException extends HttpException {
  constructor(
    status: number,
    detail: string,
    readonly extra: { readonly errors?: readonly ProblemError[]; readonly code?: string; readonly retryAfterSeconds?: number } = {},
  ) {
    super(detail, status);
  }
}
