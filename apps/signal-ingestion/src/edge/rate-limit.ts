import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@perennial/service-kit/service';
import { ProblemException } from '@perennial/service-kit/http/problem';
import type { FastifyReply } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { SignalIngestionConfig } from '../config.js';

/** Requests a second of each sender, counted in this process alone; a batch is one. */
@Injectable()
export class RateLimit {
  private readonly limiter: RateLimiterMemory;

  constructor(@Inject(CONFIG) config: SignalIngestionConfig) {
    this.limiter = new RateLimiterMemory({ points: config.requestsPerSecond, duration: 1 });
  }

  /** Throws the problem above the limit, of `status`; clients read both headers as whole seconds. */
  async count(sender: string, reply: FastifyReply, status: 429 | 503 = 429): Promise<void> {
    try {
      await this.limiter.consume(sender);
    } catch (spent) {
      if (!(spent instanceof RateLimiterRes)) throw spent;
      const seconds = Math.max(1, Math.ceil(spent.msBeforeNext / 1000));
      void reply.header('x-ratelimit-reset', String(seconds));
      throw new ProblemException(status, `more than ${this.limiter.points} requests a second: send again later, or in batches`, { code: 'rate_limited', retryAfterSeconds: seconds });
    }
  }
}
