import type { DataSource } from 'typeorm';

/** The statements that would make the tables what the entities say; none when the migrations tell the same story. */
export async function schemaDrift(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}
