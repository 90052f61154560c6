import type { Admin, Kafka } from 'kafkajs';
import type { Watermarks } from '../event-log.js';

/**
 * Asks for the ends of topics, one topic after the other, on a client that is used for nothing else: kafkajs
 * keeps one set of metadata per client, every look-up replaces it by what that look-up was about, and a
 * question that runs at the same time finds its topic gone. Callers that ask for the same topic share an answer.
 */
export class WatermarkReader {
  readonly #admin: Admin;
  readonly #asked = new Map<string, Promise<Watermarks[]>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(kafka: Kafka) {
    this.#admin = kafka.admin();
  }

  connect(): Promise<void> {
    return this.#admin.connect();
  }

  disconnect(): Promise<void> {
    return this.#admin.disconnect();
  }

  /** Low and high watermark of each partition, by partition. */
  read(topic: string): Promise<Watermarks[]> {
    // An answer that is not on its way yet is fresh for everybody who asks until it is.
    const waiting = this.#asked.get(topic);
    if (waiting) return waiting;
    const answer = this.#last.then(() => {
      this.#asked.delete(topic);
      return this.#ask(topic);
    });
    this.#asked.set(topic, answer);
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #ask(topic: string): Promise<Watermarks[]> {
    const marks = await this.#admin.fetchTopicOffsets(topic);
    return marks.map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) })).sort((a, b) => a.partition - b.partition);
  }
}
