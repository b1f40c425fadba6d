import { CreateDelegation, DelegationResource, PlainMove, Ulid } from '@citystreams/contracts';
import {
  AskedWrite,
  type Caller,
  type ControlWrite,
  CurrentCaller,
  PlainJsonOnly,
  RequireRole,
  type WriteAnswer,
} from '@citystreams/nest';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Res, UseInterceptors } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { WriteOnce } from '../idempotency/write-once.js';
import { type Page, PageAsked, pageOf } from '../paging.js';
import { Delegations } from './delegations.js';

const IDEMPOTENT = { name: 'Idempotency-Key', required: false, description: 'The same key and body: the same answer.' };

@ApiTags('delegations')
@Controller('api/delegations')
@UseInterceptors(PlainJsonOnly)
export class DelegationsController {
  constructor(
    private readonly once: WriteOnce,
    private readonly delegations: Delegations,
  ) {}

  /** Of the caller's agency, or that name the caller; all of them for the CDO and the auditor. */
  @Get()
  @ApiOkResponse({ standardSchema: pageOf(DelegationResource) })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: PageAsked }) page: PageAsked,
  ): Promise<Page<DelegationResource>> {
    return this.delegations.page(caller, page);
  }

  /** Gives the caller's own role to a deputy until an end; decisions name both. */
  @Post()
  @RequireRole('steward', 'privacy-officer', 'cdo')
  @ApiHeader(IDEMPOTENT)
  @ApiCreatedResponse({ standardSchema: DelegationResource })
  async make(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Body({ schema: CreateDelegation }) body: CreateDelegation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DelegationResource> {
    return answered(reply, await this.once.run(caller, write, (tx) => this.delegations.make(tx, body, caller)));
  }

  /** Takes a delegation back before its time. */
  @Post(':id/end')
  @HttpCode(200)
  @ApiHeader(IDEMPOTENT)
  @ApiOkResponse({ standardSchema: DelegationResource })
  async end(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Param('id', { schema: Ulid }) id: Ulid,
    @Body({ schema: PlainMove.default({}) }) _body: object,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DelegationResource> {
    return answered(reply, await this.once.run(caller, write, (tx) => this.delegations.end(tx, id, caller)));
  }
}

function answered<T>(reply: FastifyReply, { status, etag, body }: WriteAnswer<T>): T {
  reply.status(status).header('etag', etag);
  return body;
}
