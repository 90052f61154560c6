import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { Body, Controller, Get, HttpException, Inject, Module, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RouteConfig, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Transient } from '@perennial/persistence/errors';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { pino } from 'pino';
import { CurrentPrincipal, PublicRoute, RequireScope, type Principal, type Scope } from '../access.js';
import { AccessGuard, byIdentityToken } from '../access-guard.js';
import { IdentityTokenSigner, IdentityTokenVerifier, newIdentityKeys } from '../identity-token.js';
import { ListQuery, listOf, type List } from '../list.js';
import { refuseOtherMethods } from './other-methods.js';
import { configureHttp } from './configure.js';
import type { TableRoute } from './raw-route.js';
import { fastifyAdapter } from './server.js';

class Inner {
  @IsInt() n!: number;
}
class Thing {
  @IsString() @MinLength(2) @MaxLength(9) name!: string;
  @IsOptional() @MaxLength(3, { each: true }) @IsString({ each: true }) tags?: string[];
  @ValidateNested() @Type(() => Inner) inner!: Inner;
}

@Controller('things')
class ThingsController {
  constructor(@Inject('BOOM') private readonly boom: () => Error) {}
  @Get() @RequireScope('accounts:read') list(@Query() query: ListQuery): List<number> {
    return listOf(Array.from({ length: query.limit + 1 }, (_, i) => i), query.limit);
  }
  @Post() @RequireScope('accounts:write') add(@Body() thing: Thing, @CurrentPrincipal() who: Principal): object {
    return { thing, sub: who.sub };
  }
  @Post('raw') @PublicRoute() @RouteConfig({ rawBody: true }) raw(@Body() body: Buffer): object {
    return { bytes: body.length };
  }
  @Post('half') @PublicRoute() half(): void {}
  @Get('half') @RequireScope('health:read') halfRead(): void {}
  @Get('undeclared') undeclared(): string {
    return 'secret';
  }
  @Get('boom') @PublicRoute() explode(): never {
    throw this.boom();
  }
  @Get('by-id/:id') @RequireScope('health:read') one(@Param('id') id: string): never {
    throw new NotFoundException(`no thing ${id}`);
  }
}

const audience = 'things-service';
let error: Error = new Error('x');
let app: NestFastifyApplication;
let table: TableRoute[];
let signer: IdentityTokenSigner;
let keys: Awaited<ReturnType<typeof newIdentityKeys>>;

@Module({ controllers: [ThingsController], providers: [{ provide: 'BOOM', useValue: () => error }] })
class ThingsModule {}

async function start(configure: (app: NestFastifyApplication) => void = () => {}): Promise<[NestFastifyApplication, TableRoute[]]> {
  const made = await NestFactory.create<NestFastifyApplication>(ThingsModule, fastifyAdapter(undefined, pino({ level: 'silent' })), { logger: false, abortOnError: false, bodyParser: false });
  const guard = new AccessGuard(byIdentityToken(await IdentityTokenVerifier.fromJwk(keys.publicJwk, audience)));
  const routes = configureHttp(made, audience, guard, pino({ level: 'silent' }));
  configure(made);
  await made.init();
  refuseOtherMethods(made.getHttpAdapter().getInstance(), routes, guard);
  await made.getHttpAdapter().getInstance().ready();
  return [made, routes];
}

const tokenOf = (scopes: Scope[], role: string | null = null, forService = audience) => signer.sign({ sub: 'u1', role, scopes }, forService);

async function call(method: 'GET' | 'POST' | 'HEAD' | 'PUT' | 'DELETE' | 'OPTIONS', url: string, options: { scopes?: Scope[]; token?: string; body?: string | Buffer; type?: string; headers?: Record<string, string> } = {}) {
  const token = options.token ?? (options.scopes ? await tokenOf(options.scopes) : undefined);
  const response = await app.inject({
    method, url,
    headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(options.body === undefined ? {} : { 'content-type': options.type ?? 'application/json' }), ...options.headers },
    ...(options.body === undefined ? {} : { payload: options.body }),
  });
  const text = response.body;
  return { status: response.statusCode, type: String(response.headers['content-type']), headers: response.headers, text, json: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, never> & { errors?: { pointer: string; detail: string }[]; traceId?: string } };
}

beforeAll(async () => {
  keys = await newIdentityKeys();
  signer = await IdentityTokenSigner.fromJwk(keys.privateJwk);
  [app, table] = await start();
});
afterAll(() => app.close());

describe('problem details', () => {
  it('tells every fault of a body with its pointer', async () => {
    const { status, type, json } = await call('POST', '/things', { scopes: ['accounts:write'], body: JSON.stringify({ name: 3, inner: { n: 'x' }, extra: 1 }) });
    expect(status).toBe(400);
    expect(type).toContain('application/problem+json');
    expect(json).toMatchObject({ title: 'Bad request', status: 400, instance: '/things', code: 'invalid', traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(json.errors).toEqual(
      expect.arrayContaining([
        { pointer: '/name', detail: 'must be a string' },
        { pointer: '/inner/n', detail: 'must be an integer number' },
        { pointer: '/extra', detail: 'is not a known field: remove it or mend its spelling' },
      ]),
    );
  });

  it.each([
    ['a missing field', { inner: { n: 1 } }, '/name', 'is missing'],
    ['a missing field of an object within', { name: 'abc', inner: {} }, '/inner/n', 'is missing'],
    ['another type, whatever else does not fit', { name: null, inner: { n: 1 } }, '/name', 'must be a string'],
    ['another type of one of many', { name: 'abc', inner: { n: 1 }, tags: ['a', 7] }, '/tags', 'each value in tags must be a string'],
    ['the right type, too long', { name: 'abcdefghij', inner: { n: 1 } }, '/name', 'must be shorter than or equal to 9 characters'],
    ['no object within', { name: 'abc', inner: 'x' }, '/inner', 'nested property inner must be either object or array'],
    ['no object at all', [1], '', 'must be an object'],
  ])('says what is wrong once: %s', async (_, body, pointer, detail) => {
    const { status, json } = await call('POST', '/things', { scopes: ['accounts:write'], body: JSON.stringify(body) });
    expect([status, json.errors]).toEqual([400, [{ pointer, detail }]]);
  });

  it('points at a query parameter by its name after ?, never as into a body', async () => {
    expect((await call('GET', '/things?limit=many', { scopes: ['accounts:read'] })).json.errors).toEqual([{ pointer: '?limit', detail: 'must be an integer number' }]);
    expect((await call('GET', '/things?colour=red', { scopes: ['accounts:read'] })).json.errors).toEqual([{ pointer: '?colour', detail: expect.stringContaining('not a known field') }]);
  });

  it('tells nothing of an unknown error', async () => {
    error = new Error('password=hunter2 at db.internal');
    const { status, text, json } = await call('GET', '/things/boom');
    expect(status).toBe(500);
    expect(text).not.toContain('hunter2');
    expect(json).toMatchObject({ title: 'Internal error', status: 500 });
  });

  it('answers 503 with Retry-After while a part is away', async () => {
    error = new Transient('database: connection refused');
    const { status, headers, text } = await call('GET', '/things/boom');
    expect([status, headers['retry-after']]).toEqual([503, '1']);
    expect(text).not.toContain('refused');
  });

  it('refuses NUL in an address: no id has it, no filter means it', async () => {
    expect((await call('GET', '/things/by-id/a%00b', { scopes: ['health:read'] })).status).toBe(404);
    expect(await call('GET', '/things?startingAfter=a%00b', { scopes: ['accounts:read'] })).toMatchObject({ status: 400, json: { code: 'forbidden_value', errors: [{ pointer: '?startingAfter' }] } });
    expect((await call('GET', '/things?startingAfter=%2500', { scopes: ['accounts:read'] })).status).toBe(200);
  });

  it('answers 404 as a problem for unknown ids and unknown addresses', async () => {
    expect(await call('GET', '/things/by-id/7', { scopes: ['health:read'] })).toMatchObject({ status: 404, json: { detail: 'no thing 7' } });
    const nowhere = await call('GET', '/nowhere');
    expect([nowhere.status, nowhere.type]).toEqual([404, 'application/problem+json; charset=utf-8']);
  });

  it.each([400, 401, 403, 404, 409, 422, 429, 418, 500])('has a code, whatever was thrown: %i', async (status) => {
    error = new HttpException('no', status);
    const { json } = await call('GET', '/things/boom');
    expect(json).toMatchObject({ status, code: expect.stringMatching(/^[a-z_]+$/), type: `urn:perennial:problem:${String(json['code'])}` });
  });

  it('tells those whose request cannot be read', async () => {
    const [other] = await start();
    await other.listen(0, '127.0.0.1');
    const ask = async (text: string) => {
      const socket = connect((other.getHttpServer().address() as AddressInfo).port, '127.0.0.1');
      socket.write(text);
      const [status = '', body = ''] = Buffer.concat(await socket.toArray()).toString().split(/^HTTP\/1.1 (\d+).*\r\n\r\n/s).filter(Boolean);
      return [status, (JSON.parse(body) as { code: string }).code];
    };
    expect(await ask('nonsense\r\n\r\n')).toEqual(['400', 'bad_request']);
    expect(await ask(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)).toEqual(['431', 'headers_too_large']);
    await other.close();
  });

  it('answers a broken escape in an address as a problem', async () => {
    expect(await call('GET', '/things/by-id/%zz')).toMatchObject({ status: 400, type: 'application/problem+json; charset=utf-8', json: { status: 400 } });
  });
});

describe('bodies', () => {
  const json = 'application/json';
  const refused: [string, string | Buffer, number, string][] = [
    ['no JSON', '{"name":', 400, json],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400, json],
    ['prototype key', '{"name":"a","inner":{"n":1},"__proto__":{"admin":true}}', 400, json],
    ['constructor.prototype', '{"name":"a","constructor":{"prototype":{"x":1}}}', 400, json],
    ['NUL', '{"name":"a\\u0000b","inner":{"n":1}}', 400, json],
    ['lone surrogate', '{"name":"a\\ud800b","inner":{"n":1}}', 400, json],
    ['number out of range', '{"name":"a","inner":{"n":1e400}}', 400, json],
    ['20,000 levels', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, 400, json],
    ['another type', 'name=a', 415, 'application/x-www-form-urlencoded'],
    ['too large', JSON.stringify({ name: 'a'.repeat(1_100_000) }), 413, json],
  ];
  it.each([['JSON that is none', '{', json], ['another type', 'name=a', 'application/x-www-form-urlencoded']])('says that an address is none, whatever is sent to it: %s', async (_name, body, type) => {
    expect((await call('POST', '/thigns', { scopes: ['accounts:write'], body, type })).status).toBe(404);
  });
  it.each(refused)('refuses %s', async (_name, body, status, type) => {
    const answer = await call('POST', '/things', { scopes: ['accounts:write'], body, type });
    expect([answer.status, answer.type]).toEqual([status, 'application/problem+json; charset=utf-8']);
  });

  it.each([true, false])('reads on past what is too large, so that the answer is heard and the connection stays; chunked: %p', async (chunked) => {
    const [other] = await start();
    await other.listen(0, '127.0.0.1');
    const socket = connect((other.getHttpServer().address() as AddressInfo).port, '127.0.0.1').setEncoding('utf8');
    let text = '';
    socket.on('data', (part: string) => (text += part));
    const body = ' '.repeat(8_000_000);
    socket.write(`POST /things/raw HTTP/1.1\r\nhost: x\r\n${chunked ? 'transfer-encoding: chunked' : `content-length: ${body.length}`}\r\n\r\n`);
    socket.write(chunked ? `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` : body);
    socket.write('GET /things/raw HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    await once(socket, 'close');
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', expect.stringContaining('HTTP/1.1 40')]);
    await other.close();
  });

  it('takes a pair of surrogates and an escaped backslash before u0000', async () => {
    expect(await call('POST', '/things', { scopes: ['accounts:write'], body: '{"name":"\\ud83d\\ude00 \\\\u0000","inner":{"n":1}}' })).toMatchObject({ status: 201, json: { thing: { name: '😀 \\u0000' }, sub: 'u1' } });
  });

  it('hands raw routes their bytes', async () => {
    expect(await call('POST', '/things/raw', { body: Buffer.from([1, 2, 3]), type: 'application/x-whatever' })).toMatchObject({ status: 201, json: { bytes: 3 } });
    expect(await call('POST', '/things/raw', { body: '{"a', type: 'application/json' })).toMatchObject({ status: 201, json: { bytes: 3 } });
  });
});

describe('access', () => {
  it('refuses every guarded route without a token, with a foreign token and without the scope', async () => {
    const guarded = table.filter(({ access }) => access.kind !== 'public');
    expect(guarded.length).toBeGreaterThanOrEqual(5);
    const token = await tokenOf(['signals:write']);
    const foreign = await tokenOf(['admin'], 'admin', 'another-service');
    for (const { method, url } of guarded) {
      const verb = method as 'GET' | 'POST' | 'HEAD';
      expect([method, url, (await call(verb, url)).status]).toEqual([method, url, 401]);
      expect([method, url, (await call(verb, url, { token: foreign })).status]).toEqual([method, url, 401]);
      expect([method, url, (await call(verb, url, { token })).status]).toEqual([method, url, 403]);
    }
  });

  it('refuses a route that declares nothing even to an admin', async () => {
    const { status, text } = await call('GET', '/things/undeclared', { scopes: ['admin'] });
    expect(status).toBe(403);
    expect(text).not.toContain('secret');
    expect(table.find(({ url }) => url === '/things/undeclared')?.access).toEqual({ kind: 'undeclared' });
  });

  it('lets admin use any declared scope', async () => {
    expect((await call('GET', '/things', { scopes: ['admin'] })).status).toBe(200);
  });

  it('refuses a token that another key signed', async () => {
    const stranger = await IdentityTokenSigner.fromJwk((await newIdentityKeys()).privateJwk);
    expect((await call('GET', '/things', { token: await stranger.sign({ sub: 'x', role: null, scopes: ['admin'] }, audience) })).status).toBe(401);
  });

  it.each([['//things'], ['/things/'], ['/%74hings/../things'], ['/THINGS']])('does not open another way to a route: %s', async (url) => {
    expect([401, 404]).toContain((await call('GET', url)).status);
  });

  it('does not start with a raw route that declares no access', async () => {
    await expect(start((other) => void other.getHttpAdapter().getInstance().get('/open', () => 'x'))).rejects.toThrow('GET /open');
  });

  it('guards a raw route by the scope in its config', async () => {
    const [other] = await start((made) => void made.getHttpAdapter().getInstance().get('/raw', { config: { access: 'operate' } }, () => 'x'));
    expect((await other.inject({ url: '/raw' })).statusCode).toBe(401);
    expect((await other.inject({ url: '/raw', headers: { authorization: `Bearer ${await tokenOf(['operate'])}` } })).statusCode).toBe(200);
    await other.close();
  });
});

describe('another method on a known path', () => {
  it('is refused with those that there are, before the body is looked at', async () => {
    const answer = await call('PUT', '/things', { scopes: ['accounts:read'], body: '{"' });
    expect(answer).toMatchObject({ status: 405, type: 'application/problem+json; charset=utf-8', json: { title: 'Method not allowed', code: 'method_not_allowed' } });
    expect(answer.headers['allow']).toBe('GET, HEAD, POST');
    expect((await call('DELETE', '/things/by-id/7', { scopes: ['signals:write'] })).headers['allow']).toBe('GET, HEAD');
    expect((await call('POST', '/internal/openapi.json')).headers['allow']).toBe('GET, HEAD');
  });

  it('tells nobody unknown of more than what is public', async () => {
    const plain = ({ status, json: { traceId: _, instance: __, ...json }, headers: { date: ___, ...headers } }: Awaited<ReturnType<typeof call>>) => ({ status, json, headers });
    const [guarded, nowhere] = [await call('PUT', '/things'), await call('PUT', '/hollow')];
    expect(plain(guarded)).toEqual(plain(nowhere));
    expect(guarded).toMatchObject({ status: 404, json: { code: 'not_found' } });
    expect(await call('PUT', '/things', { token: 'a.b.c' })).toMatchObject({ status: 404 });
    const half = await call('DELETE', '/things/half');
    expect([half.status, half.headers['allow']]).toEqual([405, 'POST']);
    expect((await call('DELETE', '/things/half', { scopes: ['signals:write'] })).headers['allow']).toBe('GET, HEAD, POST');
  });

  it('is no entry of the table, and takes the place of none', async () => {
    expect(table.filter(({ url }) => url === '/things').map(({ method }) => method).toSorted()).toEqual(['GET', 'HEAD', 'POST']);
    for (const { method, url } of table) expect([method, url, (await call(method as 'GET', url, { scopes: ['admin'] })).status]).not.toEqual([method, url, 405]);
  });
});

describe('lists', () => {
  it('answers limit rows and whether there are more', () => {
    expect(listOf([1, 2, 3], 2)).toEqual({ object: 'list', data: [1, 2], hasMore: true });
    expect(listOf([1, 2], 2)).toEqual({ object: 'list', data: [1, 2], hasMore: false });
  });
});
