import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { isVendorAddress } from '@perennial/gateway/domain/vendor-addresses';
import { vendorPaths } from '@perennial/signal-ingestion/service';
import { startPerennial, type RunningPerennial } from '../src/composition/start-perennial.js';

interface Operation {
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, { readonly content?: object; readonly headers?: object }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly securitySchemes: Readonly<Record<string, object>> };
}

const redocly = fileURLToPath(new URL('../../../node_modules/.bin/redocly', import.meta.url));
const rules = 'extends: [spec]\nrules: { operation-operationId-unique: error, operation-summary: error, no-unused-components: off, security-defined: error }\ntelemetry: off\n';
/** Not of the interface: what lies inside, probes and figures, the documentation itself, preflights, and forwarding. */
const outside = (method: string, path: string) => /^\/(internal|health|metrics|docs)(\/|$)/.test(path) || path.includes('*') || ['HEAD', 'OPTIONS'].includes(method) || ['/api/v1/', '/api/v1', '/api/v1/openapi.json'].includes(path);

describe('the OpenAPI document of the whole system', () => {
  let folder: string;
  let system: RunningPerennial;
  let document: Document;
  const operation = (name: string) => {
    const [method = '', path = ''] = name.split(' ');
    return document.paths[path]?.[method.toLowerCase()];
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'perennial-openapi-'));
    system = await startPerennial({ dataDir: folder, port: 0, publicUrl: null, kafka: null, allowPrivateWebhooks: false, testClock: new Date('2026-03-02T08:00:00Z'), logLevel: 'silent' });
    document = (await (await fetch(`${system.credentials.url}/api/v1/openapi.json`)).json()) as Document;
  }, 150_000);
  afterAll(async () => {
    await system?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('describes every route that is registered, and no other', () => {
    const served = system.services.flatMap(({ name, routes }) => routes.filter(({ url }) => name !== 'gateway' || !isVendorAddress(url)).map(({ method, url }) => [method, url.replaceAll(/:(\w+)/g, '{$1}')] as const)).filter(([method, path]) => !outside(method, path));
    const described = Object.entries(document.paths).flatMap(([path, operations]) => Object.keys(operations).map((method) => [method.toUpperCase(), path] as const));
    const sorted = (rows: readonly (readonly [string, string])[]) => rows.map(([method, path]) => `${path} ${method}`).sort();
    expect(sorted(described)).toEqual(sorted(served));
  });

  it('forwards every address of a vendor to the edge, and none that is not one', () => {
    const edge = system.services.find(({ name }) => name === 'signal-ingestion')!.routes.map(({ url }) => url.replaceAll(/:\w+/g, 'x')).filter((url) => !/^\/(api|internal|health|metrics)(\/|$)/.test(url));
    expect(edge.length).toBeGreaterThan(10);
    // Hooks are not mounted by name, but lie below /v1 like the others.
    for (const url of edge) expect([url, isVendorAddress(url), vendorPaths(url) || url.startsWith('/v1/')]).toEqual([url, true, true]);
    for (const url of ['/internal/pipeline', '/api/v1/accounts', '/health/live', '/metrics', '/docs', '/']) expect([url, isVendorAddress(url), vendorPaths(url)]).toEqual([url, false, false]);
  });

  it('says what each answers', () => {
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, { responses }] of Object.entries(operations)) {
        const [status, answer] = Object.entries(responses).find(([code]) => code.startsWith('2')) ?? [];
        if (status !== '204') expect([path, method, Object.keys(answer?.content ?? {})]).toEqual([path, method, [expect.stringMatching(/json|text|image/)]]);
      }
    }
  });

  it('says how callers are known: by API key, by session, by write key', () => {
    expect(document.components.securitySchemes).toMatchObject({
      apiKey: { type: 'http', scheme: 'bearer' },
      session: { type: 'apiKey', in: 'cookie', name: 'perennial_session' },
      csrfToken: { type: 'apiKey', in: 'header', name: 'x-csrf-token' },
      writeKey: { type: 'http', scheme: 'basic' },
    });
    expect(operation('GET /api/v1/accounts')?.security).toEqual([{ apiKey: [] }, { session: [] }]);
    expect(operation('PUT /api/v1/accounts/{id}')?.security).toEqual([{ apiKey: [] }, { session: [], csrfToken: [] }]);
    expect(operation('POST /api/v1/session')).toMatchObject({ security: [], responses: { 201: { headers: { 'set-cookie': {} } } } });
    expect(operation('GET /api/v1/session')?.security).toEqual([{ session: [] }]);
    expect(operation('DELETE /api/v1/session')?.security).toEqual([{ session: [], csrfToken: [] }]);
    expect(operation('POST /api/v1/signals')?.security).toEqual([{ apiKey: [] }, { writeKey: [] }, { writeKeyBearer: [] }, { session: [], csrfToken: [] }]);
    for (const call of ['track', 'batch']) expect(operation(`POST /v1/${call}`)?.security).toEqual([{ writeKey: [] }, { writeKeyBearer: [] }, {}]);
  });

  it('passes the linter', async () => {
    writeFileSync(join(folder, 'openapi.json'), JSON.stringify(document));
    writeFileSync(join(folder, 'redocly.yaml'), rules);
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', CI: 'true' };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [redocly, 'lint', 'openapi.json', '--format=stylish'], { cwd: folder, env }).catch((error: unknown) => error as { stdout: string; stderr: string });
    expect(`${stdout}${stderr}`).toContain('Your API description is valid');
  }, 60_000);
});
