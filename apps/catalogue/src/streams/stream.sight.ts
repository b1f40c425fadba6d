import type { StreamName } from '@citystreams/contracts';
import { type Caller, ProblemError } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import type { StreamEntity } from './stream.entity.js';
import { StreamStore } from './stream.store.js';
import { seesStream } from './stream-rights.js';

@Injectable()
export class StreamSight {
  constructor(private readonly streams: StreamStore) {}

  /** A stream that the caller may not know of is answered as one that does not exist: throws NOT_FOUND. */
  async visible(caller: Caller, stream: StreamName): Promise<StreamEntity> {
    const row = await this.streams.row(stream);
    if (row !== null && seesStream(caller, row)) return row;
    throw new ProblemError('NOT_FOUND', `there is no stream ${stream}`, {
      action: 'GET /api/streams lists what there is',
    });
  }
}
