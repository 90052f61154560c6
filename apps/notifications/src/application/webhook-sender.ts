/** One signed message to one receiver. */
export interface OutgoingWebhook {
  readonly url: string;
  /** `whsec_` and base64. */
  readonly secret: string;
  readonly id: string;
  readonly body: string;
  /** W3C; the trace the message belongs to. */
  readonly traceparent: string | null;
}

/** What came of one HTTP request to a receiver. */
export interface SendResult {
  readonly status: number | null;
  readonly error: string | null;
  /** Seconds, from Retry-After; null without one. */
  readonly retryAfterSeconds: number | null;
  readonly ms: number;
}

/** Sends one signed message. Never throws: whatever goes wrong is an `error`. */
export abstract class WebhookSender {
  abstract send(message: OutgoingWebhook): Promise<SendResult>;
}
