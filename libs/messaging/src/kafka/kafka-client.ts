import { connect as openSocket, type Socket } from 'node:net';
import { Kafka, logLevel, type RetryOptions } from 'kafkajs';
import { registerCodecs } from './codecs.js';
import { logCreator, type LogSink } from './kafka-logging.js';
import { patchKafkajs } from './kafkajs-patches.js';

export interface ClientOptions {
  /** host:port of one or more brokers to start from. */
  readonly brokers: readonly string[];
  /** Name of this process in the broker's logs and quotas. */
  readonly clientId: string;
  readonly logger: LogSink;
}

/** Seven tries in about 6 s. Spelt out because kafkajs has other defaults while NODE_ENV is `test`. */
export const retry: RetryOptions = { initialRetryTime: 100, factor: 0.2, multiplier: 2, maxRetryTime: 2_000, retries: 6 };

const defaultRequestTimeoutMs = 20_000;
const connectionTimeoutMs = 4_000;
const keepAliveMs = 60_000;

/**
 * A kafkajs client that can be ended for sure: kafkajs waits for answers of a broker that is away, and goes on
 * trying after `disconnect`. `cut` closes its sockets and refuses new ones.
 */
export class KafkaClient {
  readonly kafka: Kafka;
  readonly #sockets = new Set<Socket>();
  #cut = false;

  constructor(options: ClientOptions, requestTimeoutMs = defaultRequestTimeoutMs) {
    patchKafkajs();
    registerCodecs();
    this.kafka = new Kafka({
      brokers: [...options.brokers],
      clientId: options.clientId,
      retry,
      requestTimeout: requestTimeoutMs,
      connectionTimeout: connectionTimeoutMs,
      logLevel: logLevel.INFO,
      logCreator: logCreator(options.logger),
      socketFactory: ({ host, port, onConnect }) => this.#open(host, port, onConnect),
    });
  }

  /** Nothing of this client talks to a broker from now on. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends politely, but within `withinMs`. */
  async end(disconnect: () => Promise<unknown>, withinMs = 5_000): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)));
    await Promise.race([disconnect().catch(() => undefined), enough]);
    clearTimeout(timer);
    this.cut();
  }

  #open(host: string, port: number, onConnect: () => void): Socket {
    const socket = openSocket({ host, port, noDelay: true }, onConnect);
    socket.setKeepAlive(true, keepAliveMs);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.#cut) socket.destroy(new Error('this client is closed'));
    return socket;
  }
}
