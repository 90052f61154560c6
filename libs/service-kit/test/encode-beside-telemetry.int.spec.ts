import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const typescript = fileURLToPath(new URL('../../testing/jest/register-typescript.mjs', import.meta.url));
const script = fileURLToPath(new URL('./encode-beside-telemetry.ts', import.meta.url));

describe('what kafkajs encodes records with', () => {
  // OpenTelemetry takes over `require` and keeps the exports of each module for itself.
  it.each([{}, { OTEL_SDK_DISABLED: 'true' }, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }])('is ours in a service with %j', async (env) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', '--import', typescript, script], { env: { PATH: process.env['PATH'], ...env } });
    // Its own encoder takes 512 at least.
    expect(Number(stdout)).toBeLessThan(20);
  });
});
