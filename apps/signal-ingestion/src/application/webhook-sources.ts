import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { v7 as uuidv7 } from 'uuid';
import type { HookSettings } from '../domain/hooks/hook-settings.js';
import type { HookSource } from '../domain/hooks/hook-source.js';
import { HookStore, type SecretKind } from './hook-store.js';
import { SecretBox } from './secret-box.js';
import { SourceStore } from './source-store.js';
import { Sources, type Source } from './sources.js';

/** Each is tried on every call. More than two: a rotation may be called again before the sender has the new secret. */
const mostSecrets = 5;

export interface GivenSecret {
  readonly kind: SecretKind;
  readonly value: string;
}

/** A secret that we made, to be shown once; null: the caller gave one, or none is there yet. */
export type ShownSecret = { readonly secret: string | null };

/** Sources that call us: business systems and generic webhooks. Callers check settings and secrets before. */
@Injectable()
export class WebhookSources {
  constructor(
    private readonly sources: Sources,
    private readonly store: SourceStore,
    private readonly hooks: HookStore,
    private readonly box: SecretBox,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Makes a source with an endpoint. Where the sender takes any secret and none is given, it gets a new one. */
  create(source: HookSource, name: string, settings: HookSettings, given: GivenSecret | null, call: IdempotentCall | null): Promise<Source & ShownSecret> {
    return this.database.transaction((tx) =>
      once(tx, call, async () => {
        const made = await this.makeSource(tx, source, name);
        if (!this.box.usable) return { ...made, secret: null };
        await this.hooks.add(tx, made.id, settings);
        const secret = given ?? newSecretFor(source, settings);
        if (secret) await this.addSecret(tx, made.id, secret);
        return { ...made, secret: given === null ? (secret?.value ?? null) : null };
      }),
    );
  }

  /** Puts a secret in the place of those before, which hold `overlapMs` longer at most. Null: no such endpoint. */
  rotate(id: string, secretOf: (type: string, settings: HookSettings) => GivenSecret, overlapMs: number, given: boolean, call: IdempotentCall | null): Promise<ShownSecret | null> {
    return this.database.transaction((tx) =>
      once(tx, call, async () => {
        const hook = await this.hooks.lock(tx, id);
        if (!hook) return null;
        const secret = secretOf(hook.type, hook.settings);
        const added = await this.addSecret(tx, id, secret);
        await this.hooks.retire(tx, id, added, new Date(this.clock.now().getTime() + overlapMs), mostSecrets);
        return { secret: given ? null : secret.value };
      }),
    );
  }

  /** False: no such endpoint. */
  saveSettings(id: string, settings: HookSettings): Promise<boolean> {
    return this.database.transaction((tx) => this.hooks.saveSettings(tx, id, settings));
  }

  private async makeSource(tx: Transaction, { name: type }: HookSource, name: string): Promise<Source> {
    // It takes SIGNALs by write key too.
    if (type === 'generic') return this.sources.make(tx, type, name);
    const source = { id: uuidv7(), type, name, writeKey: null, createdAt: this.clock.now() };
    await this.store.add(tx, source, null);
    return source;
  }

  private async addSecret(tx: Transaction, sourceId: string, { kind, value }: GivenSecret): Promise<string> {
    const id = uuidv7();
    await this.hooks.addSecret(tx, sourceId, { id, kind, sealed: this.box.seal(value, id), createdAt: this.clock.now(), expiresAt: null });
    return id;
  }
}

/** A secret of 256 bits for a sender that takes any; null: this one makes its own. */
export function newSecretFor(source: HookSource, settings: HookSettings): GivenSecret | null {
  const { secret } = source.checks(settings);
  if (source.secretFrom === 'them' || !secret) return null;
  const bytes = randomBytes(32);
  return { kind: 'secret', value: secret.kind === 'hmac' && secret.key === 'whsec' ? `whsec_${bytes.toString('base64')}` : bytes.toString('base64url') };
}
