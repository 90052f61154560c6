import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '@perennial/service-kit/clock';
import { CONFIG } from '@perennial/service-kit/service';
import { ProblemException } from '@perennial/service-kit/http/problem';
import type { FastifyReply } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { SignalIngestionConfig } from '../config.js';
import { isAllowedOrigin } from '../domain/allowed-origin.js';
import { WriteKeys } from './write-keys.js';

const dayMs = 86_400_000;
/** The longest that Segment's SDKs wait, whatever Retry-After says. */
const longestWaitSeconds = 300;

/**
 * Whether a sender may send now: from this page, this often, and this much a day. Requests are counted in this
 * process alone, a batch as one; the day's events are those all processes accepted.
 */
@Injectable()
export class RateLimit {
  /** By requests a second; senders with the same bound share one, in which each is counted for itself. */
  private readonly limiters = new Map<number, RateLimiterMemory>();

  constructor(
    @Inject(CONFIG) private readonly config: SignalIngestionConfig,
    private readonly writeKeys: WriteKeys,
    private readonly clock: Clock,
  ) {}

  /** Throws the 403 problem, or that of `status` above a bound; clients read both headers as whole seconds. `sender`: a source's id, or who calls with an API key. */
  async count(sender: string, reply: FastifyReply, status: 429 | 503 = 429): Promise<void> {
    const bounds = this.writeKeys.boundsOf(sender);
    const { origin } = reply.request.headers;
    if (bounds?.allowedOrigins && origin !== undefined && !isAllowedOrigin(origin, bounds.allowedOrigins)) {
      throw new ProblemException(403, 'pages of this origin may not send with this write key: add it to the source\'s allowedOrigins', { code: 'origin_not_allowed' });
    }
    if (bounds && bounds.eventsPerDay !== null && bounds.eventsToday >= bounds.eventsPerDay) {
      const now = this.clock.now().getTime();
      throw later(reply, status, `the source has sent its ${bounds.eventsPerDay} events of today (UTC)`, Math.min(longestWaitSeconds, Math.ceil((dayMs - (now % dayMs)) / 1000)), 'quota_spent');
    }
    const perSecond = bounds?.requestsPerSecond ?? this.config.requestsPerSecond;
    try {
      await this.limiter(perSecond).consume(sender);
    } catch (spent) {
      if (!(spent instanceof RateLimiterRes)) throw spent;
      throw later(reply, status, `more than ${perSecond} requests a second: send again later, or in batches`, Math.max(1, Math.ceil(spent.msBeforeNext / 1000)), 'rate_limited');
    }
  }

  private limiter(points: number): RateLimiterMemory {
    let limiter = this.limiters.get(points);
    if (!limiter) this.limiters.set(points, (limiter = new RateLimiterMemory({ points, duration: 1 })));
    return limiter;
  }
}

function later(reply: FastifyReply, status: 429 | 503, detail: string, seconds: number, code: string): ProblemException {
  void reply.header('x-ratelimit-reset', String(seconds));
  return new ProblemException(status, detail, { code, retryAfterSeconds: seconds });
}
