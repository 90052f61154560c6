import { Inject, Injectable } from '@nestjs/common';
import { context, propagation } from '@opentelemetry/api';
import type { Principal } from '@perennial/service-kit/access';
import { CONFIG } from '@perennial/service-kit/service';
import { IdentityTokens } from '../application/identity-tokens.js';
import type { GatewayConfig } from '../config.js';
import { backends, type Backend } from '../domain/routing-table.js';

const timeoutMs = 10_000;

/** What a service answered; null where it did not answer in time, or not with success. */
export interface BackendAnswer<T> {
  readonly backend: Backend;
  readonly status: number | null;
  readonly body: T | null;
}

/** Asks the services about themselves, in the caller's name. */
@Injectable()
export class BackendClient {
  constructor(
    @Inject(CONFIG) private readonly config: GatewayConfig,
    private readonly tokens: IdentityTokens,
  ) {}

  async get<T>(backend: Backend, path: string, principal: Principal | null): Promise<BackendAnswer<T>> {
    return this.call(backend, 'GET', path, principal);
  }

  post<T>(backend: Backend, path: string, principal: Principal, body: object): Promise<BackendAnswer<T>> {
    return this.call(backend, 'POST', path, principal, body);
  }

  /** The same question to every service at once. */
  getAll<T>(path: string, principal: Principal | null): Promise<BackendAnswer<T>[]> {
    return Promise.all(backends.map((backend) => this.get<T>(backend, path, principal)));
  }

  private async call<T>(backend: Backend, method: string, path: string, principal: Principal | null, body?: object): Promise<BackendAnswer<T>> {
    try {
      const trace: Record<string, string> = {};
      propagation.inject(context.active(), trace);
      const response = await fetch(`${this.config.backendUrls[backend]}${path}`, {
        method,
        headers: {
          ...trace,
          ...(principal ? { authorization: `Bearer ${await this.tokens.of(principal, backend)}` } : {}),
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.text();
      return { backend, status: response.status, body: response.ok ? (JSON.parse(text) as T) : null };
    } catch {
      // Away, too slow or no JSON: for the caller all the same, told as a service that did not answer.
      return { backend, status: null, body: null };
    }
  }
}
