import { setTimeout as sleep } from 'node:timers/promises';
import { connect, createServer, type AddressInfo, type NetConnectOpts, type Server, type Socket } from 'node:net';

/** What the way between two processes does. */
export type Weather = 'clear' | 'cut' | 'slow' | 'half-open' | 'held';

const slowMs = 200;

/**
 * A way that can be cut (connections are reset and new ones refused), slowed by 200 ms in each direction, or
 * made half-open (bytes vanish, nothing is closed: what a pulled cable looks like from both ends), or held (bytes
 * wait, and arrive when it clears).
 */
export class TcpProxy {
  /** Sees all bytes that come in, from either end, whatever becomes of them. */
  onBytes: (chunk: Buffer) => void = () => undefined;
  private weather: Weather = 'clear';
  private target: NetConnectOpts | null = null;
  private readonly sockets = new Set<Socket>();
  private held: (() => void)[] = [];

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => this.join(socket));
  }

  static async start(): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  forwardTo(target: NetConnectOpts): void {
    this.target = target;
  }

  become(weather: Weather): void {
    // What was swallowed is gone: streams that missed bytes cannot go on.
    if (weather === 'cut' || this.weather === 'half-open') for (const socket of this.sockets) end(socket);
    this.weather = weather;
    if (weather !== 'held') for (const deliver of this.held.splice(0)) deliver();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket): void {
    if (this.weather === 'cut' || !this.target) return end(near);
    const far = connect(this.target);
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.sockets.delete(socket);
        if (this.weather !== 'half-open') (socket === near ? far : near).destroy();
      });
    }
    this.pass(near, far);
    this.pass(far, near);
  }

  private pass(from: Socket, to: Socket): void {
    // Bytes never overtake each other, whatever the weather becomes meanwhile.
    let before: Promise<void> | null = null;
    const inTurn = (deliver: () => void): void => {
      if (before === null && this.weather !== 'slow') return deliver();
      const arrived = sleep(this.weather === 'slow' ? slowMs : 0);
      const turn: Promise<void> = Promise.all([before, arrived]).then(() => {
        deliver();
        if (before === turn) before = null;
      });
      before = turn;
    };
    from.on('data', (chunk: Buffer) => {
      this.onBytes(chunk);
      if (this.weather === 'half-open') return;
      if (this.weather === 'held') this.held.push(() => to.write(chunk));
      else inTurn(() => to.write(chunk));
    });
    from.on('end', () => {
      if (this.weather !== 'half-open') inTurn(() => to.end());
    });
  }
}

/** The same database, reached by TCP through the proxy instead of through the server's socket. */
export function throughProxy(databaseUrl: string, proxy: TcpProxy): string {
  const direct = new URL(databaseUrl);
  proxy.forwardTo({ path: `${direct.searchParams.get('host') ?? ''}/.s.PGSQL.5432` });
  return `postgres://${direct.username}:${direct.password}@127.0.0.1:${proxy.port}${direct.pathname}`;
}

/** A server's own socket file knows no reset. */
function end(socket: Socket): void {
  if (socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
