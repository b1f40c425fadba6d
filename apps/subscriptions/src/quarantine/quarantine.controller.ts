import {
  ownerOf,
  QuarantinedEventResource,
  RedriveResource,
  RedriveWish,
  type StreamName,
  Ulid,
} from '@citystreams/contracts';
import { type Caller, CurrentCaller, ProblemError, RequireRole } from '@citystreams/nest';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Page, PageAsked, pageOf } from '../paging.js';
import { StreamDirectory } from '../streams/stream.directory.js';
import { QuarantineAsked, QuarantineStore } from './quarantine.store.js';
import { RedriveStore } from './redrive.store.js';
import { Redriving } from './redriving.js';

/** What is told of a record: stream, place, reason, size and time. Never anything of what it holds. */
@ApiTags('quarantine')
@Controller('api/quarantine')
@RequireRole('steward', 'platform', 'auditor')
export class QuarantineController {
  constructor(
    private readonly quarantine: QuarantineStore,
    private readonly redrives: RedriveStore,
    private readonly redriving: Redriving,
    private readonly streams: StreamDirectory,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Events that were set aside, newest first',
    description:
      'Of the streams of the caller’s agency; of every stream for the platform team and the auditor. Known for 30 days. ' +
      'The records themselves are in the topic `quarantine.<stream>`.',
  })
  @ApiOkResponse({ standardSchema: pageOf(QuarantinedEventResource) })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: QuarantineAsked }) asked: QuarantineAsked,
  ): Promise<Page<QuarantinedEventResource>> {
    if (asked.stream !== undefined && !seesEveryStream(caller)) this.requireOwn(asked.stream, caller);
    return this.quarantine.page(ownerSeenBy(caller), asked);
  }

  @Get('redrives')
  @ApiOperation({ summary: 'What was ordered to be looked at again, newest first' })
  @ApiOkResponse({ standardSchema: pageOf(RedriveResource) })
  listRedrives(
    @CurrentCaller() caller: Caller,
    @Query({ schema: PageAsked }) page: PageAsked,
  ): Promise<Page<RedriveResource>> {
    return this.redrives.page(ownerSeenBy(caller), page);
  }

  @Get('redrives/:id')
  @ApiOperation({ summary: 'One redrive: how far it is, and what it came to' })
  @ApiOkResponse({ standardSchema: RedriveResource })
  showRedrive(@CurrentCaller() caller: Caller, @Param('id', { schema: Ulid }) id: Ulid): Promise<RedriveResource> {
    return this.redrives.show(id, ownerSeenBy(caller));
  }

  @Post('redrive')
  @RequireRole('steward')
  @ApiOperation({
    summary: 'Lets the router look again at quarantined events',
    description:
      'A steward of the stream’s owner. Those that are events by now reach the views that were meant to have them, once, ' +
      'after what the views have had meanwhile. 409 when nothing of it is left to be looked at. The answer comes when it ' +
      'is ordered; `GET /api/quarantine/redrives/{id}` shows how far it is.',
  })
  @ApiCreatedResponse({ standardSchema: RedriveResource })
  redrive(@CurrentCaller() caller: Caller, @Body({ schema: RedriveWish }) wish: RedriveWish): Promise<RedriveResource> {
    this.requireOwn(wish.stream, caller);
    return this.redriving.order(wish, ownerOf(wish.stream), caller);
  }

  /** A hidden stream of another agency is answered like one that is not there. */
  private requireOwn(stream: StreamName, caller: Caller): void {
    const { owner } = this.streams.requireVisible(stream, caller);
    if (caller.agency === owner && caller.roles.includes('steward')) return;
    throw new ProblemError('FORBIDDEN', `${stream} belongs to ${owner}: its steward sees and decides this`);
  }
}

const seesEveryStream = (caller: Caller): boolean =>
  caller.roles.some((role) => role === 'platform' || role === 'auditor');

const ownerSeenBy = (caller: Caller): string | null => (seesEveryStream(caller) ? null : caller.agency);
