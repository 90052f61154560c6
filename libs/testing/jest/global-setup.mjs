// One PostgreSQL for all integration tests of a jest run. The test processes are forked after this and
// inherit the variable. When jest is killed, the cluster's watchdog stops and removes it.
import './register-typescript.mjs';

export default async function globalSetup() {
  const { stopTestPostgres, testPostgres, testPostgresVariable } = await import('../src/postgres.ts');
  if (process.env[testPostgresVariable]) return;
  const postgres = await testPostgres();
  process.env[testPostgresVariable] = postgres.adminUrl;
  globalThis.stopPerennialTestPostgres = stopTestPostgres;
}
