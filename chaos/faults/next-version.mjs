// A newer version of health-scoring: the same code with one more migration, which widens a table.
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const service = pathToFileURL(join(import.meta.dirname, '../../apps/health-scoring/dist/service.js'));
const { healthScoring } = await import(service.href);

class AddChaosNote1900000000001 {
  async up(runner) {
    await runner.query(`ALTER TABLE portfolio ADD COLUMN chaos_note text NOT NULL DEFAULT ''`);
  }

  async down(runner) {
    await runner.query('ALTER TABLE portfolio DROP COLUMN chaos_note');
  }
}
healthScoring.migrations.push(AddChaosNote1900000000001);
