import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is said of a person themselves, by the id that was sent and by the one they have: whoever erases them waits for what they are called. */
export class IndexPeopleMessages1700000000066 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX message_of_person_key ON message (person_key) WHERE kind = 'person';
      CREATE INDEX message_of_person_id ON message (person_id) WHERE kind = 'person';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX message_of_person_key, message_of_person_id');
  }
}
