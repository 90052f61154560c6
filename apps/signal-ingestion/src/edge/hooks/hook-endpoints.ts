import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '@perennial/service-kit/clock';
import { CONFIG } from '@perennial/service-kit/service';
import { HookStore } from '../../application/hook-store.js';
import { NewestCopy } from '../../application/newest-copy.js';
import { SecretBox } from '../../application/secret-box.js';
import type { SignalIngestionConfig } from '../../config.js';
import type { HookSettings } from '../../domain/hooks/hook-settings.js';
import type { HookSource } from '../../domain/hooks/hook-source.js';
import { hookSourceNamed } from '../../domain/hooks/hook-sources.js';
import type { HookSecret } from './verify-hook.js';

export interface HookEndpoint {
  readonly id: string;
  readonly source: HookSource;
  readonly settings: HookSettings;
  readonly secrets: readonly (HookSecret & { readonly expiresAt: Date | null })[];
}

/**
 * All webhook endpoints in force with their secrets, in memory as write keys are: taking a call needs no
 * database. While it is away the last copy stays.
 */
@Injectable()
export class HookEndpoints implements OnModuleInit, OnModuleDestroy {
  private readonly byId: NewestCopy<ReadonlyMap<string, HookEndpoint>>;

  constructor(
    private readonly store: HookStore,
    private readonly box: SecretBox,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: SignalIngestionConfig,
  ) {
    this.byId = new NewestCopy(new Map(), () => this.read());
  }

  onModuleInit(): Promise<void> {
    return this.byId.keep(this.config.writeKeyPollMs);
  }

  onModuleDestroy(): void {
    this.byId.stop();
  }

  /** The endpoint at `/v1/hooks/<source>/<id>`; null: there is none, or it is revoked. */
  at(source: string, id: string): HookEndpoint | null {
    const endpoint = this.byId.value.get(id);
    return endpoint?.source.name === source ? endpoint : null;
  }

  /** The secrets that count now: during a rotation more than one. */
  secretsOf({ secrets }: HookEndpoint): readonly HookSecret[] {
    const now = this.clock.now();
    return secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
  }

  /** Reads them now: what this replica changed holds at once. */
  refresh(): Promise<void> {
    return this.byId.refresh();
  }

  private async read(): Promise<Map<string, HookEndpoint>> {
    const rows = await this.store.active();
    return new Map(rows.flatMap(({ id, type, settings, secrets }): [string, HookEndpoint][] => {
      const source = hookSourceNamed(type);
      if (!source) return [];
      const open = secrets.flatMap(({ id: secretId, kind, sealed, expiresAt }) => {
        const value = this.box.open(sealed, secretId);
        // Sealed under another key of the installation: calls are refused and listed as without a secret.
        return value === null ? [] : [{ id: secretId, kind, value, expiresAt }];
      });
      return [[id, { id, source, settings, secrets: open }]];
    }));
  }
}
