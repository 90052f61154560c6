import pg from 'pg';

/** Rows of one statement on a connection of its own. */
export async function ask<Row>(databaseUrl: string, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query({ text, values: [...values] })).rows as Row[];
  } finally {
    await client.end();
  }
}
