/**
 * Statements for a migration, after a table is created. New tables give the service role all four rights; an audit
 * table takes some of them back.
 */

/** The service may add rows and read them, never change or remove one. */
export const appendOnly = (schema: string, table: string): string =>
  takeBack('UPDATE, DELETE, TRUNCATE', schema, table);

/** The service may add rows, read them and remove them, never change one. */
export const neverEdited = (schema: string, table: string): string => takeBack('UPDATE, TRUNCATE', schema, table);

function takeBack(rights: string, schema: string, table: string): string {
  for (const name of [schema, table]) {
    if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw new TypeError(`${JSON.stringify(name)} is not a plain name`);
  }
  return `DO $$ BEGIN EXECUTE format('REVOKE ${rights} ON %I.%I FROM %I',
    '${schema}', '${table}', current_setting('citystreams.service_role')); END $$`;
}
