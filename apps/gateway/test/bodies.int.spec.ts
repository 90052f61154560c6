import { jest } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayUnderTest } from './gateway-under-test.js';

jest.setTimeout(30_000);
const mib = 1024 * 1024;

describe('bodies on their way to a service', () => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    gateway = await GatewayUnderTest.start();
  }, 60_000);
  afterAll(() => gateway.stop());

  const edge = () => gateway.fakes['signal-ingestion'];
  /** Sends a whole body whatever is answered meanwhile, then asks something else on the same connection. */
  const send = async (path: string, mibs: number, chunked: boolean) => {
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname).setEncoding('utf8');
    let text = '';
    socket.on('data', (part: string) => (text += part));
    const head = (method: string, address: string, more = '') => `${method} ${address} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${gateway.apiKey}\r\n${more}\r\n`;
    const write = (data: string | Buffer) => new Promise<void>((resolve, reject) => socket.write(data, (error) => (error ? reject(error) : resolve())));
    const part = Buffer.alloc(mib, ' ');
    await write(head('POST', path, `content-type: application/json\r\n${chunked ? 'transfer-encoding: chunked' : `content-length: ${mibs * mib}`}\r\n`));
    for (let i = 0; i < mibs; i++) {
      if (chunked) await write(`${mib.toString(16)}\r\n`);
      await write(part);
      if (chunked) await write('\r\n');
    }
    await write(`${chunked ? '0\r\n\r\n' : ''}${head('GET', '/api/v1/users', 'connection: close\r\n')}`);
    await once(socket, 'close');
    const [first = '', second = ''] = text.split(/(?=HTTP\/1\.1 )/);
    return { status: Number(first.split(' ')[1]), isProblem: first.includes('content-type: application/problem+json'), code: /"code":"(\w+)"/.exec(first)?.[1], after: Number(second.split(' ')[1]) };
  };
  const refused = { status: 413, isProblem: true, code: 'too_large', after: 200 };

  it.each([[5, true], [5, false], [40, true], [40, false]])('are refused above 4 MiB, and the service has taken nothing: %i MiB, chunked: %p', async (mibs, chunked) => {
    const before = edge().seen.length;
    expect(await send('/api/v1/signals', mibs, chunked)).toEqual(refused);
    expect(edge().seen.length).toBe(before);
  });

  it.each([true, false])('reach the service whole up to 4 MiB, and once; chunked: %p', async (chunked) => {
    const before = edge().seen.length;
    expect(await send('/api/v1/signals', 4, chunked)).toMatchObject({ status: 200, after: 200 });
    expect(edge().last().body.length).toBe(4 * mib);
    expect(edge().seen.length).toBe(before + 1);
  });

  it.each([true, false])('may be whole files for imports; chunked: %p', async (chunked) => {
    expect(await send('/api/v1/imports?as=usage', 24, chunked)).toMatchObject({ status: 200, after: 200 });
    expect(edge().last().body.length).toBe(24 * mib);
  });

  it.each([['/api/v1/sources', true], ['/api/v1/sources', false], ['/v1/batch', true], ['/v1/batch', false]])('may be refused by the service in their midst: %s, chunked: %p', async (path, chunked) => {
    edge().hasty = true;
    edge().answer = (_request, response) => void response.writeHead(413, { 'content-type': 'application/problem+json; charset=utf-8' }).end('{"code":"too_large"}');
    expect(await send(path, 3, chunked)).toEqual(refused);
    edge().hasty = false;
  });

  it('that break off break off for the service too', async () => {
    const before = edge().brokenOff;
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.write(`POST /api/v1/signals HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${gateway.apiKey}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n`);
    await sleep(100);
    socket.destroy();
    for (let i = 0; i < 200 && edge().brokenOff === before; i++) await sleep(10);
    expect(edge().brokenOff).toBe(before + 1);
  });
});
