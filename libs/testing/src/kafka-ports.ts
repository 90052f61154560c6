import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** True when something accepts connections on the port of 127.0.0.1. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 1000 });
    const finish = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', finish(true)).once('error', finish(false)).once('timeout', finish(false));
  });
}

/** Waits until the port does (or no longer does) accept connections; false after `timeoutMs`. */
export async function waitForPort(port: number, open: boolean, timeoutMs: number, stillHope: () => boolean = () => true): Promise<boolean> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline && stillHope(); await sleep(50)) {
    if ((await answers(port)) === open) return true;
  }
  return false;
}
