import { isAllowedOrigin } from './allowed-origin.js';

it.each([
  ['https://app.acme.com', true],
  ['HTTPS://APP.ACME.COM', true],
  ['http://app.acme.com', false],
  ['https://app.acme.com:8443', false],
  ['https://eu.acme.io', true],
  ['https://a.b.acme.io', true],
  ['https://acme.io', false],
  ['https://.acme.io', false],
  ['https://evilacme.io', false],
  ['https://eu.acme.io.evil.com', false],
  ['null', false],
  ['', false],
])('%s: %p', (origin, allowed) => {
  expect(isAllowedOrigin(origin, ['https://app.acme.com', 'https://*.acme.io'])).toBe(allowed);
});
