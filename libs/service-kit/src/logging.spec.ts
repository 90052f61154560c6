import { Transform } from 'node:stream';
import { redactText } from '@perennial/messaging/redact';
import { NestLogger, createLogger } from './logging.js';

const canaries = ['canary@example.com', 'wk_canarycanary', 'pk_canary123456', 'whsec_canary1234', 'canary-secret', 'canary-cookie', 'eyJhbGciOiJFZERTQSJ9.canarypayload.canarysig'];

function capture() {
  const lines: string[] = [];
  const destination = new Transform({ transform(chunk: Buffer, _encoding, done) { lines.push(chunk.toString()); done(); } });
  return { lines, logger: createLogger({ level: 'trace', destination }) };
}

describe('redaction', () => {
  it('lets no canary through, wherever it is planted', () => {
    const { lines, logger } = capture();
    const nest = new NestLogger(logger);
    for (const canary of canaries) {
      for (const name of ['authorization', 'cookie', 'password', 'secret', 'token', 'apiKey', 'writeKey', 'email', 'body', 'payload', 'Set-Cookie', 'write_key', 'personId', 'traits']) {
        logger.info({ [name]: canary }, 'top');
        logger.info({ req: { headers: { [name]: canary } } }, 'nested');
        logger.info({ a: { b: { c: { d: { [name]: canary } } } } }, 'deep');
      }
    }
    for (const canary of canaries.filter((c) => !['canary-secret', 'canary-cookie'].includes(c))) {
      logger.warn(`said ${canary} aloud`);
      logger.error({ err: new Error(`failed for ${canary}`, { cause: new Error(`because of ${canary}`) }) }, 'failed');
      nest.error(`nest said ${canary}`, 'Context');
      nest.error(new Error(`nest failed for ${canary}`));
      // An error's own message becomes the line's where it has none.
      logger.error(new Error(`bare ${canary}`));
      logger.error({ err: new Error(`without words ${canary}`) });
      logger.info({ reason: `for ${canary}`, list: [{ deep: canary }], bytes: Buffer.from(canary) }, 'said %s and %o', canary, { word: canary });
    }
    logger.error({ err: Object.assign(new Error('duplicate key'), { parameters: ['canary@example.com'], query: 'canary', driverError: { detail: 'Key (email)=(canary@example.com)' } }) }, 'query failed');
    logger.info('connect to postgres://user:canary-secret@host/db');
    expect(lines.length).toBeGreaterThan(200);
    expect(lines.filter((line) => line.includes('canary'))).toEqual([]);
  });

  it('leaves ordinary words alone', () => {
    expect(redactText('group health-scoring.signals assigned partitions 0, 1 at 127.0.0.1:9092')).toBe('group health-scoring.signals assigned partitions 0, 1 at 127.0.0.1:9092');
  });
});

describe('lines', () => {
  it('are JSON with level name, time, message and fields', () => {
    const { lines, logger } = capture();
    new NestLogger(logger.child({ service: 'x' })).log({ account_id: 'acme', msg: 'looked' });
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'info', service: 'x', account_id: 'acme', msg: 'looked', time: expect.stringMatching(/Z$/) });
  });
});
