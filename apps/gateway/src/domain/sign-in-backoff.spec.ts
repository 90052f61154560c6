import { blockedSeconds } from './sign-in-backoff.js';

describe('waiting after failed sign-ins', () => {
  it.each([
    ['e-mail-and-address', 4, 0],
    ['e-mail-and-address', 5, 1],
    ['e-mail-and-address', 8, 8],
    ['e-mail-and-address', 500, 900],
    ['address', 29, 0],
    ['address', 30, 1],
    ['e-mail', 49, 0],
    ['e-mail', 80, 30],
  ] as const)('%s after %d failures: %d s', (counted, failures, seconds) => expect(blockedSeconds(counted, failures)).toBe(seconds));
});
