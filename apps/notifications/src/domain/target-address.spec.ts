import { addressRefusal, urlRefusal } from './target-address.js';

describe('webhook target address', () => {
  it.each(['93.184.216.34', '2606:2800:220:1::1'])('lets the public %s through', (address) => {
    expect(addressRefusal(address, false)).toBeNull();
  });

  it.each(['127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.1.1', '100.64.0.1', '169.254.169.254', '0.0.0.0', '224.0.0.1', '255.255.255.255',
    '::1', '::', 'fe80::1', 'fc00::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:0:4136:e378::', 'ff02::1'])('refuses %s', (address) => {
    expect(addressRefusal(address, false)).not.toBeNull();
  });

  it.each(['127.0.0.1', '10.1.2.3', '::1', 'fc00::1', '::ffff:127.0.0.1'])('opens %s when private targets are allowed', (address) => {
    expect(addressRefusal(address, true)).toBeNull();
  });

  it.each(['169.254.169.254', 'fe80::1', '0.0.0.0', '224.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::'])('keeps %s closed even then', (address) => {
    expect(addressRefusal(address, true)).not.toBeNull();
  });
});

describe('webhook target URL', () => {
  it.each(['https://example.com/hook', 'https://example.com:8443/'])('takes %s', (url) => expect(urlRefusal(url, false)).toBeNull());
  it.each(['http://example.com/', 'ftp://example.com/', 'example.com', '', 'https://user:secret@example.com/', 'https://127.0.0.1/', 'https://2130706433/', 'https://0x7f.1/', 'https://[::1]/', 'https://[::ffff:7f00:1]/'])(
    'refuses %s',
    (url) => expect(urlRefusal(url, false)).not.toBeNull(),
  );
  it('takes plain http to a private address when those are allowed', () => expect(urlRefusal('http://127.0.0.1:9000/', true)).toBeNull());
});
