import { Module, type DynamicModule } from '@nestjs/common';
import { CONFIG } from '@perennial/service-kit/service';
import { IdentityTokenSigner } from '@perennial/service-kit/identity-token';
import { ApiKeyStore } from './application/api-key-store.js';
import { AuthenticateCaller } from './application/authenticate.js';
import { FirstCredentials } from './application/first-credentials.js';
import { IdentityTokens } from './application/identity-tokens.js';
import { ManageApiKeys } from './application/manage-api-keys.js';
import { ManageUsers } from './application/manage-users.js';
import { SessionStore } from './application/session-store.js';
import { SignIn } from './application/sign-in.js';
import { SignInGuard } from './application/sign-in-guard.js';
import { UserStore } from './application/user-store.js';
import type { GatewayConfig } from './config.js';
import { ApiKeysController } from './http/api-keys.controller.js';
import { BackendClient } from './http/backend-client.js';
import { Documentation } from './http/documentation.js';
import { OperationsController } from './http/operations.controller.js';
import { RebuildController } from './http/rebuild.controller.js';
import { SessionController } from './http/session.controller.js';
import { TEST_CLOCK_DRIVER, TestClockController, type TestClockDriver } from './http/test-clock.controller.js';
import { TopicTail } from './http/topic-tail.js';
import { TopicsController } from './http/topics.controller.js';
import { UsersController } from './http/users.controller.js';
import { PostgresApiKeyStore } from './persistence/postgres-api-key-store.js';
import { PostgresSessionStore } from './persistence/postgres-session-store.js';
import { PostgresSignInGuard } from './persistence/postgres-sign-in-guard.js';
import { PostgresUserStore } from './persistence/postgres-user-store.js';

/** One origin for everything: who may come in, and who answers. */
@Module({})
export class AppModule {
  /** With a test clock there is a route that moves it; without there is none. */
  static register(testClock: TestClockDriver | null): DynamicModule {
    return {
      module: AppModule,
      controllers: [SessionController, UsersController, ApiKeysController, OperationsController, RebuildController, TopicsController, ...(testClock ? [TestClockController] : [])],
      providers: [
        // who may come in
        SignIn,
        AuthenticateCaller,
        ManageUsers,
        ManageApiKeys,
        FirstCredentials,
        // how the services are asked
        { provide: IdentityTokens, inject: [CONFIG], useFactory: async (config: GatewayConfig) => new IdentityTokens(await IdentityTokenSigner.fromJwk(config.identityPrivateKey)) },
        BackendClient,
        Documentation,
        TopicTail,
        ...(testClock ? [{ provide: TEST_CLOCK_DRIVER, useValue: testClock }] : []),
        // where things are kept
        { provide: UserStore, useClass: PostgresUserStore },
        { provide: SessionStore, useClass: PostgresSessionStore },
        { provide: ApiKeyStore, useClass: PostgresApiKeyStore },
        { provide: SignInGuard, useClass: PostgresSignInGuard },
      ],
    };
  }
}
