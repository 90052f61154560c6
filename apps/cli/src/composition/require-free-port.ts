import { createServer } from 'node:net';
import { OperatorError } from './operator-error.js';

/** Refuses early, before anything is started, when the port is taken. 0 is any free port. */
export async function requireFreePort(host: string, port: number): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new OperatorError(`port ${port} is in use: stop what listens there, or choose another with --port`) : new OperatorError(`cannot listen on port ${port}: ${error.message}`)),
    );
    server.listen(port, host, () => server.close(() => resolve()));
  });
}
