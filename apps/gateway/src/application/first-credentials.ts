import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { CONFIG } from '@perennial/service-kit/service';
import type { GatewayConfig } from '../config.js';
import { lookupOf } from '../domain/api-key.js';
import type { Scope } from '../domain/scope.js';
import { ApiKeyStore } from './api-key-store.js';
import { ManageApiKeys } from './manage-api-keys.js';
import { ManageUsers } from './manage-users.js';
import { UserStore } from './user-store.js';

/** Makes what a new system needs so that somebody can come in; doing it again changes nothing. */
@Injectable()
export class FirstCredentials implements OnApplicationBootstrap {
  constructor(
    @Inject(CONFIG) private readonly config: GatewayConfig,
    private readonly database: Database,
    private readonly users: UserStore,
    private readonly manageUsers: ManageUsers,
    private readonly keyStore: ApiKeyStore,
    private readonly manageKeys: ManageApiKeys,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { firstAdmin, firstApiKey } = this.config;
    if (firstApiKey) await this.ensureApiKey(firstApiKey, 'first start', ['admin']);
    if (firstAdmin && (await this.users.page({ limit: 1 })).length === 0) await this.ensureAdmin(firstAdmin.email, firstAdmin.password);
  }

  /** An admin with this e-mail; one that exists is left as it is, its password too. */
  async ensureAdmin(email: string, password: string): Promise<void> {
    await this.database.transaction((tx) => this.manageUsers.create(tx, { email, name: null, role: 'admin', password }));
  }

  /** An API key that was made beforehand; one that exists is left as it is. */
  async ensureApiKey(key: string, name: string, scopes: readonly Scope[]): Promise<void> {
    const lookup = lookupOf(key);
    if (lookup === null) throw new RangeError('this is no API key');
    if (await this.keyStore.exists(lookup)) return;
    await this.database.transaction((tx) => this.manageKeys.create(tx, { name, scopes, createdBy: null }, key));
  }
}
