// A downstream system: takes webhooks at /hook and tells at /calls what it got.
import { createServer } from 'node:http';

const calls = [];
createServer((request, response) => {
  if (request.url === '/calls') return response.end(JSON.stringify(calls));
  let body = '';
  request.setEncoding('utf8').on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = request.headers;
    calls.push({ headers: { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature }, body });
    response.writeHead(204).end();
  });
}).listen(8080);
