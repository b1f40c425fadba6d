/** The demonstration city as `demo-city.yaml` describes it. */
import { readFileSync } from 'node:fs';
import { FieldPath, fieldsOf, Predicate, PrincipalId, StreamName } from '@citystreams/contracts';
import { parse } from 'yaml';
import { z } from 'zod';
import { CityInvalid } from './city-invalid.js';
import type { CityStream } from './city-streams.js';

const AgencyProcess = z.strictObject({
  /** A folder of apps/agencies. */
  app: z.string().regex(/^[a-z][a-z0-9-]*$/),
  account: PrincipalId,
  env: z.record(z.string(), z.string()).default({}),
});
export type AgencyProcess = z.infer<typeof AgencyProcess>;

const Grant = z.strictObject({
  stream: StreamName,
  consumer: PrincipalId,
  fields: z.array(FieldPath).min(1),
  predicate: Predicate.nullable().default(null),
  purpose: z.string(),
  legalBasis: z.string(),
  necessity: z.string(),
  months: z.number().int().positive(),
  approval: z.string().optional(),
});
export type Grant = z.infer<typeof Grant>;

const DemoCity = z.strictObject({
  feeds: z.array(AgencyProcess),
  consumers: z.array(AgencyProcess),
  grants: z.array(Grant),
});
export type DemoCity = z.infer<typeof DemoCity>;

/** @throws CityInvalid with every problem of the file, also of names that the streams do not have. */
export function readDemoCity(file: string, streams: readonly CityStream[]): DemoCity {
  let yaml: unknown;
  try {
    yaml = parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CityInvalid([`${file}: ${(cause as Error).message}`]);
  }
  const city = DemoCity.safeParse(yaml);
  if (!city.success) {
    throw new CityInvalid(city.error.issues.map(({ path, message }) => `${file}: ${path.join('.')}: ${message}`));
  }
  const problems = city.data.grants.flatMap((grant, i) =>
    grantProblems(grant, streams).map((why) => `${file}: grants.${i}: ${why}`),
  );
  if (problems.length > 0) throw new CityInvalid(problems);
  return city.data;
}

function grantProblems(grant: Grant, streams: readonly CityStream[]): string[] {
  const stream = streams.find(({ manifest }) => manifest.stream === grant.stream);
  if (stream === undefined) return [`there is no stream ${grant.stream} in schemas/`];
  const known = new Set(stream.fields.map(({ path }) => path));
  const named = [...grant.fields, ...(grant.predicate === null ? [] : fieldsOf(grant.predicate))];
  return named.filter((name) => !known.has(name)).map((name) => `${grant.stream} has no field ${name}`);
}
