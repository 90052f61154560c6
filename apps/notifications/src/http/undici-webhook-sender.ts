import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG } from '@perennial/service-kit/service';
import { Webhook } from 'standardwebhooks';
import { Agent, request } from 'undici';
import { WebhookSender, type OutgoingWebhook, type SendResult } from '../application/webhook-sender.js';
import type { NotificationsConfig } from '../config.js';
import { urlRefusal } from '../domain/target-address.js';
import { DeliverySpans } from './delivery-spans.js';
import { guardedLookup } from './guarded-lookup.js';

const mostBytesRead = 64 * 1024;

/**
 * Standard Webhooks over undici. The address is judged when the socket connects; redirects are not followed;
 * the receiver's status is its answer, and of the body no more is read than frees the connection.
 */
@Injectable()
export class UndiciWebhookSender extends WebhookSender implements OnApplicationShutdown {
  private readonly agent: Agent;
  private readonly spans = new DeliverySpans();

  constructor(@Inject(CONFIG) private readonly config: NotificationsConfig) {
    super();
    const timeout = config.webhookTimeoutMs;
    // Connections are bounded by the worker, per endpoint: several endpoints of one origin do not wait for each other.
    this.agent = new Agent({ connect: { lookup: guardedLookup(config.allowPrivateWebhooks), timeout }, headersTimeout: timeout, bodyTimeout: timeout, pipelining: 1 });
  }

  async send(message: OutgoingWebhook): Promise<SendResult> {
    // A literal IP address is never looked up, so it is judged here.
    const refusal = urlRefusal(message.url, this.config.allowPrivateWebhooks);
    if (refusal) return { status: null, error: `refused target: ${refusal}`, retryAfterSeconds: null, ms: 0 };
    const span = this.spans.begin(message);
    const startedAt = performance.now();
    const answer = await this.post(message, span.traceparent);
    const ms = Math.round(performance.now() - startedAt);
    span.end(answer, ms);
    return { ...answer, ms };
  }

  async onApplicationShutdown(): Promise<void> {
    // Not `close`, which waits for answers: what is under way now was given back.
    await this.agent.destroy();
  }

  private async post({ url, secret, id, body }: OutgoingWebhook, traceparent: string | null): Promise<Omit<SendResult, 'ms'>> {
    // Receivers compare this stamp with their own clock: machine time, not business time.
    const signedAt = new Date();
    try {
      const response = await request(url, {
        dispatcher: this.agent,
        method: 'POST',
        body,
        signal: AbortSignal.timeout(this.config.webhookTimeoutMs),
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Perennial-Webhooks/1',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(signedAt.getTime() / 1000)),
          'webhook-signature': new Webhook(secret).sign(id, signedAt, body),
          ...(traceparent ? { traceparent } : {}),
        },
      });
      await response.body.dump({ limit: mostBytesRead });
      const { statusCode } = response;
      return { status: statusCode, error: statusCode >= 200 && statusCode < 300 ? null : `answered ${statusCode}`, retryAfterSeconds: retryAfter(response.headers['retry-after']) };
    } catch (error) {
      return { status: null, error: this.reasonOf(error), retryAfterSeconds: null };
    }
  }

  private reasonOf(error: unknown): string {
    // By what it says, not by class: a DOMException (the timeout) is not everywhere an Error.
    const { name, code, message = 'failed' } = error as { readonly name?: string; readonly code?: string | number; readonly message?: string };
    if (name === 'TimeoutError') return `no answer within ${this.config.webhookTimeoutMs} ms`;
    // What a receiver made us say must still fit into a column.
    return (typeof code === 'string' ? `${code}: ${message}` : message).replace(/\p{Cc}/gu, ' ').slice(0, 200).toWellFormed();
  }
}

/** Delay-seconds or HTTP date (RFC 9110 section 10.2.3), in seconds from now. */
function retryAfter(header: string | string[] | undefined): number | null {
  const text = Array.isArray(header) ? header[0] : header;
  if (!text) return null;
  if (/^\d+$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}
