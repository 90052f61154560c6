import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import swaggerUi from '@fastify/swagger-ui';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { openApiDocument } from '@perennial/service-kit/openapi';
import { AuthenticateCaller } from '../application/authenticate.js';
import { IdentityTokens } from '../application/identity-tokens.js';
import type { GatewayConfig } from '../config.js';
import type { OpenApiDocument } from '../domain/merge-openapi.js';
import { Documentation, documentSource } from './documentation.js';
import { registerProxy } from './proxy.js';

/** What the gateway adds to a service's HTTP: cookies, security headers, the documentation and the proxy. */
export async function configureGateway(app: NestFastifyApplication, config: GatewayConfig): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  const documentation = app.get(Documentation);
  const merged = () => documentation.merged(() => openApiDocument(app, 'gateway') as unknown as OpenApiDocument);

  await fastify.register(cookie);
  await fastify.register(helmet, {
    contentSecurityPolicy: { directives: { defaultSrc: ["'self'"], imgSrc: ["'self'", 'data:'], styleSrc: ["'self'", "'unsafe-inline'"], upgradeInsecureRequests: null } },
    strictTransportSecurity: config.publicUrl?.startsWith('https:') ? { maxAge: 31_536_000 } : false,
  });
  fastify.get('/api/v1/openapi.json', { config: { access: 'public' } }, async (_request, reply) => reply.type('application/json').send(JSON.stringify(await merged())));
  void fastify.register(async (docs) => {
    docs.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'public' };
    });
    await docs.register(documentSource(() => ({ openapi: '3.1.0', info: { title: 'Perennial', version: '1' }, paths: {} })));
    // The page always asks for ./json; several `urls` are the one setting that it puts above that.
    await docs.register(swaggerUi, { routePrefix: '/docs', uiConfig: { urls: [{ url: '/api/v1/openapi.json', name: 'Perennial' }], deepLinking: true }, indexPrefix: '' });
  });
  registerProxy(fastify, { backendUrls: config.backendUrls, callers: app.get(AuthenticateCaller), tokens: app.get(IdentityTokens) });
}
