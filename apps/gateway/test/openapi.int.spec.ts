import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { GatewayUnderTest } from './gateway-under-test.js';

jest.setTimeout(60_000);
const redocly = fileURLToPath(new URL('../../../node_modules/.bin/redocly', import.meta.url));

describe('the OpenAPI document', () => {
  it('passes the linter', async () => {
    const gateway = await GatewayUnderTest.start();
    const folder = await mkdtemp(join(tmpdir(), 'openapi-'));
    try {
      const { body } = await gateway.call('GET', '/api/v1/openapi.json', { key: null });
      expect(body.paths['/api/v1/users'].get.responses[200].content['application/json'].schema.properties.data.items).toEqual({ $ref: '#/components/schemas/UserResponse' });
      await writeFile(join(folder, 'openapi.json'), JSON.stringify(body));
      await writeFile(join(folder, 'redocly.yaml'), 'extends: [spec]\nrules: { operation-operationId-unique: error, operation-summary: error, no-unused-components: off, security-defined: error }\ntelemetry: off\n');
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [redocly, 'lint', 'openapi.json', '--format=stylish'], { cwd: folder, env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', CI: 'true' } }).catch((error: unknown) => error as { stdout: string; stderr: string });
      expect(`${stdout}${stderr}`).toContain('Your API description is valid');
    } finally {
      await rm(folder, { recursive: true });
      await gateway.stop();
    }
  });
});
