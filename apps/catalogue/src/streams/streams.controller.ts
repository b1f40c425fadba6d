import {
  AgencyId,
  ChangeStream,
  Concept,
  CreateStream,
  CreateStreamVersion,
  Level,
  ownerOf,
  RetireStream,
  StreamName,
  StreamResource,
  StreamSummary,
} from '@citystreams/contracts';
import {
  AskedWrite,
  type Caller,
  type ControlWrite,
  CurrentCaller,
  etagOf,
  ProblemError,
  RequireRole,
  type WriteAnswer,
} from '@citystreams/nest';
import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { StreamSearch } from '../search/stream.search.js';
import { StreamControl } from './stream.control.js';
import { StreamPresenter } from './stream.presenter.js';
import { StreamSight } from './stream.sight.js';
import { isSteward, seesEverything } from './stream-rights.js';

const StreamQuery = z.object({
  /** Words, in Chinese or English. */
  q: z.string().max(200).default(''),
  agency: AgencyId.optional(),
  /** One, or several with commas between them. */
  level: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(Level))
    .optional(),
  concept: Concept.optional(),
  retired: z.enum(['true', 'false']).default('false'),
  after: z.string().max(200).default(''),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});

const StreamList = z.object({
  items: z.array(StreamSummary),
  /** What to pass as `after` for the next page; null on the last one. */
  next: z.string().nullable(),
});

const IDEMPOTENT = { name: 'Idempotency-Key', required: false, description: 'The same key and body: the same answer.' };
const IF_MATCH = { name: 'If-Match', required: false, description: 'The ETag that was read; another one now: 412.' };

@ApiTags('streams')
@Controller('api/streams')
export class StreamsController {
  constructor(
    private readonly control: StreamControl,
    private readonly presenter: StreamPresenter,
    private readonly search: StreamSearch,
    private readonly sight: StreamSight,
  ) {}

  /** The best match first where words are asked for, else by name. */
  @Get()
  @ApiOkResponse({ standardSchema: StreamList })
  async list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: StreamQuery }) query: z.infer<typeof StreamQuery>,
  ): Promise<z.infer<typeof StreamList>> {
    const { rows, next } = await this.search.page({
      words: query.q,
      agency: query.agency ?? null,
      levels: query.level ?? [],
      concept: query.concept ?? null,
      retired: query.retired === 'true',
      hiddenOf: seesEverything(caller) ? 'all' : caller.agency,
      after: query.after,
      limit: query.limit,
    });
    return { items: await this.presenter.summaries(rows), next };
  }

  @Get(':stream')
  @ApiOkResponse({ standardSchema: StreamResource })
  async show(
    @CurrentCaller() caller: Caller,
    @Param('stream', { schema: StreamName }) stream: StreamName,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamResource> {
    const row = await this.sight.visible(caller, stream);
    reply.header('etag', etagOf(row.revision));
    return this.presenter.resource(row, caller);
  }

  @Post()
  @RequireRole('steward')
  @ApiHeader(IDEMPOTENT)
  @ApiCreatedResponse({ standardSchema: StreamResource })
  async create(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Body({ schema: CreateStream }) body: CreateStream,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamResource> {
    requireSteward(caller, body.manifest.stream);
    return answered(reply, await this.control.create(caller, write, body));
  }

  /** 201 with a new version; 200 when the stream has this contract already. */
  @Post(':stream/versions')
  @RequireRole('steward')
  @ApiHeader(IDEMPOTENT)
  @ApiHeader(IF_MATCH)
  @ApiCreatedResponse({ standardSchema: StreamResource })
  @ApiOkResponse({ standardSchema: StreamResource })
  async addVersion(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Param('stream', { schema: StreamName }) stream: StreamName,
    @Body({ schema: CreateStreamVersion }) body: CreateStreamVersion,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamResource> {
    await this.requireOwn(caller, stream);
    return answered(reply, await this.control.addVersion(caller, write, stream, body));
  }

  @Patch(':stream')
  @RequireRole('steward')
  @ApiHeader(IDEMPOTENT)
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ standardSchema: StreamResource })
  async change(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Param('stream', { schema: StreamName }) stream: StreamName,
    @Body({ schema: ChangeStream }) body: ChangeStream,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamResource> {
    await this.requireOwn(caller, stream);
    return answered(reply, await this.control.change(caller, write, stream, body));
  }

  /** Nobody publishes to it from now on; what was published can be read until its retention is over. */
  @Post(':stream/retire')
  @RequireRole('steward')
  @HttpCode(200)
  @ApiHeader(IDEMPOTENT)
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ standardSchema: StreamResource })
  async retire(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Param('stream', { schema: StreamName }) stream: StreamName,
    @Body({ schema: RetireStream }) body: RetireStream,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamResource> {
    await this.requireOwn(caller, stream);
    return answered(reply, await this.control.retire(caller, write, stream, body));
  }

  /** What the caller may not know of is answered as what is not there, before its role is looked at. */
  private async requireOwn(caller: Caller, stream: StreamName): Promise<void> {
    await this.sight.visible(caller, stream);
    requireSteward(caller, stream);
  }
}

function answered(reply: FastifyReply, { status, etag, body }: WriteAnswer<StreamResource>): StreamResource {
  reply.status(status).header('etag', etag);
  return body;
}

function requireSteward(caller: Caller, stream: StreamName): void {
  const owner = ownerOf(stream);
  if (isSteward(caller, owner)) return;
  throw new ProblemError('FORBIDDEN', `${stream} belongs to ${owner}; you are a steward of ${caller.agency}`, {
    action: `ask the data officer of ${owner}`,
  });
}
