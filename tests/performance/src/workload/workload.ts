/**
 * The stream and the views of every measurement, from `workload/`: what the router is told over its control topics and
 * what its peers are told in their job files. Ids, keys and names are the same in every run, so output hashes are too.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AvroRecord, deriveMaskKey, projectSchema } from '@citystreams/avro';
import { StreamName, Ulid, type ViewDefinition, viewTopicOf } from '@citystreams/contracts';
import { canonicalDefinition, identityOf } from '@citystreams/domain';
import { HERE } from '../paths.js';

export const STREAM = StreamName.parse('bench.order-placed');
export const PARTITIONS = 4;
export const SOURCE_SCHEMA_ID = 1_000;
/** The secret from which keys of masks are derived: 32 bytes as hex. A measurement needs no better one. */
export const MASK_SECRET = '5a'.repeat(32);
const FIRST_VIEW_SCHEMA_ID = 1_001;
const RETENTION_MS = 7 * 24 * 3_600_000;
/** Of the keys that pseudonyms are made with: what a view message says when it says nothing. */
const MASK_GENERATION = 1;

export interface BenchView {
  readonly name: string;
  readonly id: Ulid;
  readonly stream: StreamName;
  readonly definition: ViewDefinition;
  readonly identity: string;
  readonly schemaId: number;
  /** Avro JSON text. */
  readonly schema: string;
  /** With which its pseudonyms are made, as the router derives it; null where it shows none. */
  readonly maskKey: Buffer | null;
}

const read = (file: string): string => readFileSync(join(HERE, 'workload', file), 'utf8');

export const sourceSchema = (): string => JSON.stringify(JSON.parse(read('order-placed.avsc')));

/** The first `count` of the views, on the stream of that name. */
export function benchViews(count: number, stream: StreamName = STREAM, offset = 0): BenchView[] {
  const writer = JSON.parse(read('order-placed.avsc')) as AvroRecord;
  const all = JSON.parse(read('views.json')) as ({ name: string } & Pick<
    ViewDefinition,
    'fields' | 'masks' | 'predicate'
  >)[];
  return Array.from({ length: count }, (_, n) => {
    const one = all[n % all.length];
    if (one === undefined) throw new RangeError('there are no views');
    const { name, fields, masks, predicate } = one;
    const definition = canonicalDefinition({
      stream,
      fields,
      masks,
      predicate,
      key: 'field',
      history: 'retained',
      retentionMs: RETENTION_MS,
      entitlement: null,
    });
    const schema = projectSchema(writer, definition.fields, definition.masks);
    if (schema === null) throw new RangeError(`${name} has no field of the contract`);
    const identity = identityOf(definition);
    return {
      name,
      id: ulidOf(offset + n),
      stream,
      definition,
      identity,
      schemaId: FIRST_VIEW_SCHEMA_ID + offset + n,
      schema: JSON.stringify(schema),
      maskKey: maskKeyOf(definition),
    };
  });
}

/** No view of the comparison has pseudonyms of two scopes. */
function maskKeyOf({ masks }: ViewDefinition): Buffer | null {
  const scope = Object.values(masks).flatMap((mask) => (mask.kind === 'pseudonym' ? [mask.key] : []))[0];
  return scope === undefined ? null : deriveMaskKey(Buffer.from(MASK_SECRET, 'hex'), scope, MASK_GENERATION);
}

export const topicOf = (view: BenchView): string => viewTopicOf(view.stream, view.id);

const ulidOf = (n: number): Ulid => Ulid.parse(`01JGFJJZ00${String(n).padStart(16, '0')}`);
