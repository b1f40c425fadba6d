import { CreateRequest, RequestResource, RequestState, StreamName, Ulid } from '@citystreams/contracts';
import {
  AskedWrite,
  type Caller,
  type ControlWrite,
  CurrentCaller,
  PlainJsonOnly,
  RequireRole,
} from '@citystreams/nest';
import { Body, Controller, Get, Param, Post, Query, Res, UseInterceptors } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Page, PageAsked, pageOf } from '../paging.js';
import { Drafting } from './drafting.js';
import { answered, IDEMPOTENT } from './request.routes.js';
import { RequestStore } from './request.store.js';

const RequestQuery = z.strictObject({
  ...PageAsked.shape,
  state: RequestState.optional(),
  stream: StreamName.optional(),
});

@ApiTags('requests')
@Controller('api/requests')
@UseInterceptors(PlainJsonOnly)
export class RequestsController {
  constructor(
    private readonly drafting: Drafting,
    private readonly requests: RequestStore,
  ) {}

  /** A draft, which nobody but the asking agency sees. */
  @Post()
  @RequireRole('steward', 'service')
  @ApiHeader(IDEMPOTENT)
  @ApiCreatedResponse({ standardSchema: RequestResource })
  async create(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Body({ schema: CreateRequest }) body: CreateRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestResource> {
    return answered(reply, await this.drafting.draft(body, caller, write));
  }

  /** Requests that the caller's agency made or was asked; all of them for the CDO and the auditor. */
  @Get()
  @ApiOkResponse({ standardSchema: pageOf(RequestResource) })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: RequestQuery }) query: z.infer<typeof RequestQuery>,
  ): Promise<Page<RequestResource>> {
    return this.requests.page(caller, query);
  }

  /** With its history, who has to do what until when, and what was checked. */
  @Get(':id')
  @ApiOkResponse({ standardSchema: RequestResource })
  async show(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: Ulid }) id: Ulid,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestResource> {
    const { etag, body } = await this.requests.show(id, caller);
    reply.header('etag', etag);
    return body;
  }
}
