import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer } from './answer.js';

/** B1: a plain `http` server that parses JSON and answers. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString('utf8'));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '16' });
    response.end('{"success":true}');
  });
});

answer({
  start: () => new Promise<string>((resolve) => server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))),
});
