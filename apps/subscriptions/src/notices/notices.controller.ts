import { Notice } from '@citystreams/contracts';
import { type Caller, CurrentCaller } from '@citystreams/nest';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Page, PageAsked, pageOf } from '../paging.js';
import { NoticeBook } from './notice.book.js';

@ApiTags('notices')
@Controller('api/notices')
export class NoticesController {
  constructor(private readonly notices: NoticeBook) {}

  /** What reached the control channel of the caller's own agency. */
  @Get()
  @ApiOkResponse({ standardSchema: pageOf(Notice) })
  list(@CurrentCaller() caller: Caller, @Query({ schema: PageAsked }) page: PageAsked): Promise<Page<Notice>> {
    return this.notices.page(caller.agency, page);
  }
}
