import { describe, expect, it } from '@jest/globals';
import { refusal } from './api-client.js';

describe('refusal', () => {
  const call = 'POST /api/v1/imports answered 400';
  const problem = (fields: object) => JSON.stringify({ title: 'Bad request', ...fields });

  it.each([
    ['what to do, without the call', 400, problem({ detail: 'the file is empty' }), 'the file is empty'],
    ['the errors, where it points to them', 400, problem({ detail: 'the request does not fit: see errors', errors: [{ pointer: '?as', detail: 'is missing' }, { pointer: '/name', detail: 'is too long' }] }), 'as is missing; name is too long'],
    ['its own words, where the errors repeat them', 400, problem({ detail: 'foo is no kind', errors: [{ pointer: '?as', detail: 'foo is no kind' }] }), 'foo is no kind'],
    ['the call too, where the service failed', 503, problem({ title: 'Unavailable', detail: 'the log is away' }), `${call}: Unavailable: the log is away`],
    ['the text, where it is no problem', 502, '<html>', `${call}: <html>`],
  ])('says %s', (_name, status, text, said) => expect(refusal(call, status, text)).toBe(said));
});
