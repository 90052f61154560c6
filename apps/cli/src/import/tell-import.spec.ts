import { describe, expect, it } from '@jest/globals';
import { progressOf } from './follow-import.js';
import type { ImportJob } from './import-api.js';
import { counted } from './tell-import.js';

describe('counted', () => {
  it.each([[0, '0 accounts'], [1, '1 account'], [2, '2 accounts']])('%d: %s', (count, text) => expect(counted(count, 'account')).toBe(text));
});

describe('progressOf', () => {
  it('counts rows as people do', () => {
    const job = { state: 'running', progress: 1, rows: { read: 1, taken: 1, repeated: 0, rejected: 0 }, rowsPerSecond: 77, remainingSeconds: null } as ImportJob;
    expect(progressOf(job)).toBe('100.0 %: 1 row, 77 rows/s');
  });
});
