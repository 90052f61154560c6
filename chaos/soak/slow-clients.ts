import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** No faster than a server under load takes them up: what is tried is keeping them, not a flood. */
const openedPerSecond = 400;
/** One of so many idle ones never says anything; the others have had an answer. */
const silent = 10;
const againWithinMs = 10_000;
const dripMs = 1_000;

/** What clients see that keep a server's sockets: how often it cut them, and how long it let the oldest live, ms. */
export interface Kept {
  open: number;
  /** Open at one time, at most. */
  most: number;
  cut: number;
  longest: number;
  /** Answers by status. */
  readonly answers: Record<number, number>;
}

/** Keeps sockets open that say nothing, or drip a body; whatever is cut is opened again. */
export class SlowClients {
  readonly idle: Kept = { open: 0, most: 0, cut: 0, longest: 0, answers: {} };
  readonly dripping: Kept = { open: 0, most: 0, cut: 0, longest: 0, answers: {} };
  private readonly sockets = new Set<Socket>();
  private ended = false;

  constructor(private readonly url: URL, private readonly writeKey: string) {}

  /** Every other body comes with a key. */
  async open(idle: number, bodies: number): Promise<void> {
    for (let n = 0; n < idle; n++) {
      this.keep(this.idle, n % silent === 0 ? '' : `GET /v1/projects/${this.writeKey}/settings HTTP/1.1\r\nhost: ${this.url.host}\r\n\r\n`, false);
      if (n % (openedPerSecond / 50) === 0) await sleep(20);
    }
    const key = `authorization: Basic ${btoa(`${this.writeKey}:`)}\r\n`;
    for (let n = 0; n < bodies; n++) this.keep(this.dripping, `POST /v1/batch HTTP/1.1\r\nhost: ${this.url.host}\r\n${n % 2 === 0 ? '' : key}content-length: 100000\r\n\r\n{"batch":[`, true);
  }

  close(): void {
    this.ended = true;
    for (const socket of this.sockets) socket.destroy();
  }

  private keep(kept: Kept, first: string, drips: boolean): void {
    if (this.ended) return;
    const socket = connect({ host: this.url.hostname, port: Number(this.url.port) });
    this.sockets.add(socket);
    let openedAt: number | null = null;
    const age = (): void => void (kept.longest = Math.max(kept.longest, openedAt === null ? 0 : performance.now() - openedAt));
    const drip = drips ? setInterval(() => {
      age();
      if (openedAt !== null) socket.write(' ');
    }, dripMs) : undefined;
    socket.on('connect', () => {
      kept.open++;
      kept.most = Math.max(kept.most, kept.open);
      openedAt = performance.now();
      if (first !== '') socket.write(first);
    });
    socket.on('data', (data) => {
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(data.toString('latin1'))?.[1] ?? 0);
      if (status > 0) kept.answers[status] = (kept.answers[status] ?? 0) + 1;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(drip);
      this.sockets.delete(socket);
      if (openedAt !== null) kept.open--;
      if (this.ended) return;
      kept.cut++;
      age();
      setTimeout(() => this.keep(kept, first, drips), Math.random() * againWithinMs);
    });
  }
}
