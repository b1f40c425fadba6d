/** What one view makes of its stream: matching events, cut down, under the view's own schema, key and headers. */
import { PredicateFailed, Undecodable } from '@citystreams/avro';
import type { StreamMessage, ViewMessage } from '@citystreams/contracts';
import type { IncomingRecord, PartitionReader } from '@citystreams/kafka';
import type { StreamsDirectory } from '../directory/streams.directory.js';
import type { CompiledView } from '../projection/view.compiler.js';
import { judge } from './judgement.js';
import type { Outcome, PipelineWork, Positions } from './pipeline.js';
import { pick } from './screening.work.js';

const NOTHING: Outcome = { kind: 'records', records: [] };

export interface ViewCounts {
  read: number;
  written: number;
  withheld: number;
  quarantined: number;
}

export interface ViewWorkOptions {
  view: ViewMessage;
  compiled: CompiledView;
  streams: StreamsDirectory;
  /** A partition some router has reported before must have a committed position; it is never begun anew. */
  isPartitionKnown(partition: number): boolean;
  counts: ViewCounts;
  committed(positions: Positions): Promise<void>;
}

class PositionLost extends Error {
  override name = 'PositionLost';
}

export function viewWork(options: ViewWorkOptions): PipelineWork {
  const { view, compiled, streams, counts } = options;
  const stream = view.definition.stream;

  return {
    source: stream,
    transactionalId: `citystreams.router.view.${view.view}`,
    groupId: `citystreams.router.view.${view.view}`,
    committed: options.committed,
    async firstPositions(partitions, reader) {
      const lost = partitions.filter((p) => options.isPartitionKnown(p));
      if (lost.length > 0) {
        throw new PositionLost(
          `partitions ${lost.join(', ')} of ${stream} have been read before, but their position is gone`,
        );
      }
      return pick(await beginning(view, reader), partitions);
    },
    handle(record) {
      const message = streams.stream(stream);
      if (message === undefined) return { kind: 'wait' };
      const outcome = handle(record, message);
      if (outcome.kind === 'records') counts.read += 1;
      return outcome;
    },
  };

  function handle(record: IncomingRecord, message: StreamMessage): Outcome {
    const now = new Date();
    const judgement = judge(record, message, streams, now, now);
    if (judgement.kind === 'wait') return { kind: 'wait' };
    if (judgement.kind === 'poison') {
      counts.quarantined += 1;
      return NOTHING;
    }
    try {
      const out = compiled.apply(record, judgement.schemaId, judgement.body);
      counts[out === null ? 'withheld' : 'written'] += 1;
      return out === null ? NOTHING : { kind: 'records', records: [out] };
    } catch (error) {
      if (error instanceof Undecodable) counts.quarantined += 1;
      else if (error instanceof PredicateFailed) counts.withheld += 1;
      else throw error;
      return NOTHING;
    }
  }
}

/** Where a view begins: at its replay right, or, without history, at what comes next. */
function beginning(view: ViewMessage, reader: PartitionReader): Promise<Map<number, bigint>> {
  if (view.definition.history === 'from-grant') return reader.offsetsAt('latest');
  return reader.offsetsAt(view.replayFrom === null ? 'earliest' : { timestamp: BigInt(Date.parse(view.replayFrom)) });
}
