import {
  AgencyId,
  CreateStream,
  CreateStreamVersion,
  ownerOf,
  StreamName,
  StreamResource,
} from '@citystreams/contracts';
import { type Caller, CurrentCaller, ProblemError, RequireRole } from '@citystreams/nest';
import { Body, Controller, Get, HttpStatus, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { StreamEntity } from './stream.entity.js';
import { StreamRegistration } from './stream.registration.js';
import { StreamStore } from './stream.store.js';
import { isSteward, seesEverything, seesStream } from './stream-rights.js';

const PageQuery = z.object({
  agency: AgencyId.optional(),
  after: z.string().max(180).default(''),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});

const StreamList = z.object({
  items: z.array(StreamResource),
  /** What to pass as `after` for the next page; null on the last one. */
  next: z.string().nullable(),
});

@ApiTags('streams')
@Controller('api/streams')
export class StreamsController {
  constructor(
    private readonly registration: StreamRegistration,
    private readonly streams: StreamStore,
  ) {}

  @Get()
  @ApiOkResponse({ standardSchema: StreamList })
  async list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: PageQuery }) { agency, after, limit }: z.infer<typeof PageQuery>,
  ): Promise<z.infer<typeof StreamList>> {
    const hiddenOf = seesEverything(caller) ? 'all' : caller.agency;
    const found = await this.streams.page({ agency: agency ?? null, hiddenOf, after, limit: limit + 1 });
    const items = found.slice(0, limit);
    return { items, next: found.length > limit ? (items.at(-1)?.stream ?? null) : null };
  }

  @Get(':stream')
  @ApiOkResponse({ standardSchema: StreamResource })
  async show(
    @CurrentCaller() caller: Caller,
    @Param('stream', { schema: StreamName }) stream: StreamName,
  ): Promise<StreamResource> {
    return this.streams.resource(await this.visible(caller, stream));
  }

  @Post()
  @RequireRole('steward')
  @ApiCreatedResponse({ standardSchema: StreamResource })
  async create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: CreateStream }) body: CreateStream,
  ): Promise<StreamResource> {
    requireSteward(caller, body.manifest.stream);
    return this.registration.create(body, caller.principal);
  }

  /** 201 with a new version; 200 when the stream has this contract already. */
  @Post(':stream/versions')
  @RequireRole('steward')
  @ApiCreatedResponse({ standardSchema: StreamResource })
  @ApiOkResponse({ standardSchema: StreamResource })
  async addVersion(
    @CurrentCaller() caller: Caller,
    @Param('stream', { schema: StreamName }) stream: StreamName,
    @Body({ schema: CreateStreamVersion }) body: CreateStreamVersion,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamResource> {
    await this.visible(caller, stream);
    requireSteward(caller, stream);
    const { added } = await this.registration.addVersion(stream, body.contract, caller.principal);
    reply.status(added ? HttpStatus.CREATED : HttpStatus.OK);
    return this.streams.resource(await this.visible(caller, stream));
  }

  /** A stream that the caller may not know of is answered as one that does not exist. */
  private async visible(caller: Caller, stream: StreamName): Promise<StreamEntity> {
    const row = await this.streams.row(stream);
    if (row !== null && seesStream(caller, row)) return row;
    throw new ProblemError('NOT_FOUND', `there is no stream ${stream}`, {
      action: 'GET /api/streams lists what there is',
    });
  }
}

function requireSteward(caller: Caller, stream: StreamName): void {
  const owner = ownerOf(stream);
  if (isSteward(caller, owner)) return;
  throw new ProblemError('FORBIDDEN', `${stream} belongs to ${owner}; you are a steward of ${caller.agency}`, {
    action: `ask the data officer of ${owner}`,
  });
}
