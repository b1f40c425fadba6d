/**
 * A statement for a migration, after the table is created: the service may add rows and read them, never change or
 * remove one. (New tables give the service all four rights; an audit table takes two of them back.)
 */
export function appendOnly(schema: string, table: string): string {
  for (const name of [schema, table]) {
    if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw new TypeError(`${JSON.stringify(name)} is not a plain name`);
  }
  return `DO $$ BEGIN EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I.%I FROM %I',
    '${schema}', '${table}', current_setting('citystreams.service_role')); END $$`;
}
