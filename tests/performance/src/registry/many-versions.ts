/** A registry as it is after years: put into its tables, since registering so much one by one takes minutes. */
import { Client } from 'pg';

/** Ten of one subject; each schema has twelve documented fields, about 1,400 characters. */
export async function addVersions(ownerUrl: string, count: number): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query('SET search_path = catalogue');
    await client.query(SCHEMAS, [count]);
    await client.query(VERSIONS);
    await client.query('ANALYZE schemas, subject_versions');
  } finally {
    await client.end();
  }
}

const FIELD = `'{"name":"field'||k||(CASE WHEN k = 1 THEN '_'||n ELSE '' END)||'","type":["null","double"],'
  ||'"doc":"The value number '||k||' measured at the station","default":null}'`;

const SCHEMAS = `
  WITH first AS (SELECT coalesce(max(id), 0) AS id FROM schemas),
       made AS (SELECT n, '{"type":"record","name":"Many","namespace":"city.many","doc":"Event number '||n||'","fields":['
                  ||(SELECT string_agg(${FIELD}, ',') FROM generate_series(1, 12) k)||']}' AS text
                  FROM generate_series(1, $1::int) n)
  INSERT INTO schemas (id, fingerprint, text, guid, equivalence, form, change)
  SELECT first.id + n, encode(sha256(convert_to(text, 'UTF8')), 'hex'), text, md5(text)::uuid::text,
         encode(sha256(convert_to(text || 'equivalence', 'UTF8')), 'hex'),
         encode(sha256(convert_to(text || 'form', 'UTF8')), 'hex'), nextval('registry_change')
    FROM made, first`;

const VERSIONS = `
  INSERT INTO subject_versions (subject, version, schema_id, state, registered_at, registered_by, change)
  SELECT 'many-'||(id / 10), 1 + id % 10, id, 'live', now(), 'open registry', nextval('registry_change')
    FROM schemas WHERE text LIKE '%"name":"Many"%'`;
