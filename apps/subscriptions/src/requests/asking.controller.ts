import { MoveByWords, MoveWithWords, PlainMove, Ulid, type RequestResource } from '@citystreams/contracts';
import { AskedWrite, type Caller, type ControlWrite, CurrentCaller, PlainJsonOnly } from '@citystreams/nest';
import { Body, Controller, Param, Res, UseInterceptors } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequestMoves } from './request.moves.js';
import { answered, MovesRequest } from './request.routes.js';

/** What the asking side does with its request. */
@ApiTags('requests')
@Controller('api/requests')
@UseInterceptors(PlainJsonOnly)
export class AskingController {
  constructor(private readonly moves: RequestMoves) {}

  /** The clock of the first step starts; who decides, and under which policy, is fixed now. */
  @MovesRequest('submit')
  async submit(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Param('id', { schema: Ulid }) id: Ulid,
    @Body({ schema: PlainMove.default({}) }) _body: object,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestResource> {
    return answered(reply, await this.moves.move(id, { type: 'submit' }, caller, write));
  }

  /** Any time before the end. */
  @MovesRequest('withdraw')
  async withdraw(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Param('id', { schema: Ulid }) id: Ulid,
    @Body({ schema: PlainMove.default({}) }) _body: object,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestResource> {
    return answered(reply, await this.moves.move(id, { type: 'withdraw' }, caller, write));
  }

  /** To a question of the deciding side; its clock goes on. */
  @MovesRequest('answer')
  async answer(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Param('id', { schema: Ulid }) id: Ulid,
    @Body({ schema: MoveByWords }) body: MoveByWords,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestResource> {
    return answered(reply, await this.moves.move(id, { type: 'answer', text: body.text }, caller, write));
  }

  /** A counter-offer: what is asked becomes as narrow as was offered. */
  @MovesRequest('accept')
  async accept(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Param('id', { schema: Ulid }) id: Ulid,
    @Body({ schema: MoveWithWords.default({}) }) body: MoveWithWords,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestResource> {
    return answered(reply, await this.moves.move(id, { type: 'accept', text: body.text ?? null }, caller, write));
  }

  /** A counter-offer: the request ends. */
  @MovesRequest('decline')
  async decline(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Param('id', { schema: Ulid }) id: Ulid,
    @Body({ schema: MoveWithWords.default({}) }) body: MoveWithWords,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestResource> {
    return answered(reply, await this.moves.move(id, { type: 'decline', text: body.text ?? null }, caller, write));
  }

  /** A counter-offer, or a refusal within ten working days: the CDO rules. */
  @MovesRequest('dispute')
  async dispute(
    @CurrentCaller() caller: Caller,
    @AskedWrite() write: ControlWrite,
    @Param('id', { schema: Ulid }) id: Ulid,
    @Body({ schema: MoveByWords }) body: MoveByWords,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestResource> {
    return answered(reply, await this.moves.move(id, { type: 'dispute', text: body.text }, caller, write));
  }
}
