/** The streams of `schemas/<agency>/<event>/`, read and checked before anything starts. */
import type { FieldInfo, StreamManifest } from '@citystreams/contracts';
import { checkSchemas, readCityRules } from '@citystreams/schemas';
import { CityInvalid } from './city-invalid.js';

export interface CityStream {
  readonly manifest: StreamManifest;
  /** v1, v2, ...: Avro schemas as JSON. */
  readonly versions: readonly Readonly<Record<string, unknown>>[];
  /** The newest version's fields, in the order of the contract. */
  readonly fields: readonly FieldInfo[];
}

/**
 * @param policy the city's policy, against which the streams are held as far as it is there
 * @throws CityInvalid with every problem of every file: file, place, why, and what to write instead
 */
export function readCityStreams(folder: string, policy: string): CityStream[] {
  const { streams, problems } = checkSchemas(folder, readCityRules(policy));
  if (problems.length > 0)
    throw new CityInvalid(
      problems.map(({ file, path, message, fix }) => `${file}${path && `: ${path}`}: ${message}; ${fix}`),
    );
  return streams.map(({ manifest, versions }) => ({
    manifest,
    versions: versions.map(({ json }) => json),
    fields: versions.at(-1)?.contract.fields ?? [],
  }));
}
