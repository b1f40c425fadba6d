import { Readable } from 'node:stream';
import { AuditEntry, AuditHead, AuditKey, EraseEvidence, ErasedEvidence } from '@citystreams/contracts';
import type { HeadSigner } from '@citystreams/domain';
import {
  AskedWrite,
  type Caller,
  type ControlWrite,
  CurrentCaller,
  PlainJsonOnly,
  ProblemError,
  RequireRole,
} from '@citystreams/nest';
import { Body, Controller, Get, Inject, Post, Query, StreamableFile, UseInterceptors } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { WriteOnce } from '../idempotency/write-once.js';
import { type Page, pageOf } from '../paging.js';
import { AuditAsked, HeadsAsked } from './audit.asked.js';
import { AuditReader } from './audit.reader.js';
import { Erasure } from './erasure.js';
import { HEAD_SIGNER } from './head.signer.js';

@ApiTags('evidence')
@Controller('api/audit')
export class AuditController {
  constructor(
    private readonly reader: AuditReader,
    private readonly erasure: Erasure,
    private readonly once: WriteOnce,
    @Inject(HEAD_SIGNER) private readonly signer: HeadSigner,
  ) {}

  /** Records of the chain with what lies beside them, oldest first. */
  @Get()
  @RequireRole('auditor')
  @ApiOkResponse({ standardSchema: pageOf(AuditEntry) })
  list(@Query({ schema: AuditAsked }) asked: AuditAsked): Promise<Page<AuditEntry>> {
    return this.reader.page(asked);
  }

  /** Heads as they were published. Those that somebody kept elsewhere prove more. */
  @Get('heads')
  @RequireRole('auditor')
  @ApiOkResponse({ standardSchema: pageOf(AuditHead) })
  heads(@Query({ schema: HeadsAsked }) asked: HeadsAsked): Promise<Page<AuditHead>> {
    return this.reader.heads(asked);
  }

  /** The public part of the key that signs heads now; earlier ones are in the chain (`evidence.signed-by`). */
  @Get('key')
  @ApiOkResponse({ standardSchema: AuditKey })
  key(): AuditKey {
    return this.signer.signer;
  }

  /** The whole chain, one JSON text a line; what breaks off lacks its last line. */
  @Get('export')
  @RequireRole('auditor')
  @ApiProduces('application/x-ndjson')
  @ApiOkResponse({ schema: { type: 'string' } })
  export(): StreamableFile {
    if (!this.reader.free) {
      throw new ProblemError('RATE_LIMITED', 'other exports of the evidence are running', {
        action: 'try again when they have ended',
        headers: { 'retry-after': '30' },
      });
    }
    const lines = Readable.from(this.reader.export(), { objectMode: false });
    return new StreamableFile(lines, {
      type: 'application/x-ndjson',
      disposition: 'attachment; filename="audit.ndjson"',
    });
  }

  /** Takes names and texts away for good; the chain still verifies, and says that they were taken. */
  @Post('erasures')
  @RequireRole('platform', 'privacy-officer')
  @UseInterceptors(PlainJsonOnly)
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key and body: the same answer.' })
  @ApiCreatedResponse({ standardSchema: ErasedEvidence })
  async erase(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Body({ schema: EraseEvidence }) body: EraseEvidence,
  ): Promise<ErasedEvidence> {
    const answer = await this.once.run(caller, write, async (tx) => {
      const erased = await this.erasure.erase(tx, body, caller);
      return { status: 201, etag: erased.erasure, body: erased };
    });
    return answer.body;
  }
}
