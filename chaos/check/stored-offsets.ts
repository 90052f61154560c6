import { services, type ChaosSystem } from '../system/system.js';

/** Has the databases note every stored offset that a service moves back; what the harness itself rewinds does not count. */
export async function watchStoredOffsets(system: ChaosSystem): Promise<void> {
  for (const service of services) {
    await system.rows(service, `
      CREATE TABLE chaos_moved_back (topic text NOT NULL, partition integer NOT NULL, was bigint NOT NULL, became bigint NOT NULL);
      CREATE FUNCTION chaos_note_move() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO chaos_moved_back VALUES (OLD.topic, OLD.partition, OLD.next_offset, NEW.next_offset);
          RETURN NEW;
        END $$;
      CREATE TRIGGER chaos_note_move BEFORE UPDATE ON messaging_offset FOR EACH ROW
        WHEN (NEW.next_offset < OLD.next_offset AND current_setting('application_name') <> 'chaos') EXECUTE FUNCTION chaos_note_move();
    `);
  }
}

/** Moves that the fence should have refused, for people. */
export async function storedOffsetsMovedBack(system: ChaosSystem): Promise<string[]> {
  const found: string[] = [];
  for (const service of services) {
    const rows = await system.rows<{ topic: string; partition: number; was: string; became: string }>(service, 'SELECT topic, partition, was, became FROM chaos_moved_back');
    found.push(...rows.map(({ topic, partition, was, became }) => `stored offset of ${service} ${topic}/${partition} went back from ${was} to ${became}`));
  }
  return found;
}
