import type { FastifyInstance } from 'fastify';
import { ProblemException, nothingHere, queryPointer, type ProblemError } from './problem.js';

/**
 * Refuses addresses with a NUL character, which no text column takes: nothing has such an id (404), and no
 * filter can mean it (400).
 */
export function refuseNul(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async ({ url }) => {
    if (!url.includes('%00')) return;
    const [path = '', query = ''] = url.split(/\?(.*)/s);
    if (path.includes('%00')) throw nothingHere();
    throw new ProblemException(400, 'the request does not fit: see errors', { code: 'forbidden_value', errors: parametersWithNul(query) });
  });
}

function parametersWithNul(query: string): ProblemError[] {
  const names = [...new URLSearchParams(query)].filter((pair) => pair.some((text) => text.includes('\0'))).map(([name]) => name);
  return [...new Set(names)].map((name) => ({ pointer: queryPointer([name]), detail: 'must not hold a NUL character' }));
}
