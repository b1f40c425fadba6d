import {
  CounterOffer,
  MoveByWords,
  MoveWithWords,
  RefuseRequest,
  RuleOnDispute,
  Ulid,
  type RequestResource,
} from '@citystreams/contracts';
import { AskedWrite, type Caller, type ControlWrite, CurrentCaller, PlainJsonOnly } from '@citystreams/nest';
import { Body, Controller, Param, Res, UseInterceptors } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequestMoves } from './request.moves.js';
import { answered, MovesRequest } from './request.routes.js';

/** What the deciding side does with a request. */
@ApiTags('requests')
@Controller('api/requests')
@UseInterceptors(PlainJsonOnly)
export class DecidingController {
  constructor(private readonly moves: RequestMoves) {}

  /** The next step is due, or the grant is made. */
  @MovesRequest('approve')
  async approve(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Param('id', { schema: Ulid }) id: Ulid,
    @Body({ schema: MoveWithWords.default({}) }) body: MoveWithWords,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestResource> {
    return answered(reply, await this.moves.move(id, { type: 'approve', text: body.text ?? null }, caller, write));
  }

  /** With a reason code of the policy, the legal ground, and words. */
  @MovesRequest('refuse')
  async refuse(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Param('id', { schema: Ulid }) id: Ulid,
    @Body({ schema: RefuseRequest }) body: RefuseRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestResource> {
    return answered(reply, await this.moves.move(id, { type: 'refuse', ...body }, caller, write));
  }

  /** The requester; at most twice, and five working days together. The clock of the step is paused. */
  @MovesRequest('ask')
  async ask(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Param('id', { schema: Ulid }) id: Ulid,
    @Body({ schema: MoveByWords }) body: MoveByWords,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestResource> {
    return answered(reply, await this.moves.move(id, { type: 'ask', text: body.text }, caller, write));
  }

  /** Less than what is asked: fields, coarser masks, a condition, a shorter term, a later start. */
  @MovesRequest('counter-offer')
  async counterOffer(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Param('id', { schema: Ulid }) id: Ulid,
    @Body({ schema: CounterOffer }) body: CounterOffer,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestResource> {
    return answered(reply, await this.moves.move(id, { type: 'counter-offer', ...body }, caller, write));
  }

  /** The CDO, on a dispute: grant, grant narrower, or confirm the refusal. */
  @MovesRequest('rule')
  async rule(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Param('id', { schema: Ulid }) id: Ulid,
    @Body({ schema: RuleOnDispute }) body: RuleOnDispute,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestResource> {
    return answered(reply, await this.moves.move(id, { type: 'rule', ...body }, caller, write));
  }
}
