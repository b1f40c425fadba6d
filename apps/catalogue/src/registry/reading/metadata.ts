/** The metadata that a schema gets when it is registered. Pure. */
import type { SubjectConfig } from '../../schemas/registry-settings.js';
import { orderedMetadata, withMetadata } from '../../schemas/schema.identity.js';
import type { SchemaIdentity, SchemaMetadata, SubjectVersion } from '../../schemas/schema.model.js';
import { VERSION_PROPERTY } from './matching.js';

/**
 * Its own, else that of the version before; between the defaults and the overrides of the configuration.
 *
 * @param version written into the metadata when it was asked for by number, or when there is one to be replaced
 */
export function inheritedMetadata(
  schema: SchemaIdentity,
  config: SubjectConfig,
  previous: SubjectVersion | undefined,
  version?: { number: number; asked: boolean },
): SchemaIdentity {
  const own = schema.metadata ?? previous?.schema.metadata ?? null;
  let merged = merge(merge(config.defaultMetadata ?? null, own), config.overrideMetadata ?? null);
  if (version !== undefined && (version.asked || merged?.properties?.[VERSION_PROPERTY] !== undefined)) {
    merged = { ...merged, properties: { ...merged?.properties, [VERSION_PROPERTY]: String(version.number) } };
  }
  return merged === null ? schema : withMetadata(schema, orderedMetadata(merged));
}

function merge(under: SchemaMetadata | null, over: SchemaMetadata | null): SchemaMetadata | null {
  if (under === null || over === null) return over ?? under;
  return {
    tags: { ...under.tags, ...over.tags },
    properties: { ...under.properties, ...over.properties },
    sensitive: [...(under.sensitive ?? []), ...(over.sensitive ?? [])],
  };
}
