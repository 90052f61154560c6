import { presentedBy } from './presented-key.js';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('what a request shows', () => {
  it.each([
    [undefined, { kind: 'none' }],
    [basic('wk_1:'), { kind: 'key', key: 'wk_1' }],
    [basic('wk_1'), { kind: 'key', key: 'wk_1' }],
    ['bearer wk_1', { kind: 'key', key: 'wk_1' }],
    ['Bearer aaa.bbb.ccc', { kind: 'token', token: 'aaa.bbb.ccc' }],
    [basic('wk_1:secret'), { kind: 'malformed' }],
    [basic(':'), { kind: 'malformed' }],
    ['Digest x', { kind: 'malformed' }],
    ['Basic', { kind: 'malformed' }],
  ])('%p', (header, expected) => {
    expect(presentedBy(header)).toEqual(expected);
  });
});
