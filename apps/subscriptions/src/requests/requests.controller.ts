import { ApproveRequest, CreateRequest, RefuseRequest, RequestResource, Ulid } from '@citystreams/contracts';
import { type Caller, CurrentCaller, RequireRole } from '@citystreams/nest';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { type Page, PageAsked, pageOf } from '../paging.js';
import { Drafting } from './drafting.js';
import { RequestDecisions } from './request.decisions.js';
import { RequestStore } from './request.store.js';

@ApiTags('requests')
@Controller('api/requests')
export class RequestsController {
  constructor(
    private readonly drafting: Drafting,
    private readonly decisions: RequestDecisions,
    private readonly requests: RequestStore,
  ) {}

  @Post()
  @RequireRole('steward', 'service')
  @ApiCreatedResponse({ standardSchema: RequestResource })
  create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: CreateRequest }) body: CreateRequest,
  ): Promise<RequestResource> {
    return this.drafting.draft(body, caller);
  }

  /** Requests that the caller's agency made or was asked; all of them for the CDO and the auditor. */
  @Get()
  @ApiOkResponse({ standardSchema: pageOf(RequestResource) })
  list(@CurrentCaller() caller: Caller, @Query({ schema: PageAsked }) page: PageAsked): Promise<Page<RequestResource>> {
    return this.requests.page(caller, page);
  }

  @Get(':id')
  @ApiOkResponse({ standardSchema: RequestResource })
  show(@CurrentCaller() caller: Caller, @Param('id', { schema: Ulid }) id: Ulid): Promise<RequestResource> {
    return this.requests.show(id, caller);
  }

  @Post(':id/submit')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: RequestResource })
  submit(@CurrentCaller() caller: Caller, @Param('id', { schema: Ulid }) id: Ulid): Promise<RequestResource> {
    return this.decisions.move(id, { type: 'submit' }, caller);
  }

  @Post(':id/approve')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: RequestResource })
  approve(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: Ulid }) id: Ulid,
    @Body({ schema: ApproveRequest.default({}) }) body: z.infer<typeof ApproveRequest>,
  ): Promise<RequestResource> {
    return this.decisions.move(id, { type: 'approve', text: body.text ?? null }, caller);
  }

  @Post(':id/refuse')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: RequestResource })
  refuse(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: Ulid }) id: Ulid,
    @Body({ schema: RefuseRequest }) body: RefuseRequest,
  ): Promise<RequestResource> {
    return this.decisions.move(id, { type: 'refuse', ...body }, caller);
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: RequestResource })
  withdraw(@CurrentCaller() caller: Caller, @Param('id', { schema: Ulid }) id: Ulid): Promise<RequestResource> {
    return this.decisions.move(id, { type: 'withdraw' }, caller);
  }
}
