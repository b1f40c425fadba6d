import { ExplainAsked, ExplainResource, ReadersAsked, ReadersResource } from '@citystreams/contracts';
import { type Caller, CurrentCaller } from '@citystreams/nest';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Explanations } from './explanations.js';

@ApiTags('explain')
@Controller('api/explain')
export class ExplainController {
  constructor(private readonly explanations: Explanations) {}

  /** Why a service account can or cannot read a field, which decision that rests on, and since when. */
  @Get()
  @ApiOkResponse({ standardSchema: ExplainResource })
  explain(
    @CurrentCaller() caller: Caller,
    @Query({ schema: ExplainAsked }) asked: ExplainAsked,
  ): Promise<ExplainResource> {
    return this.explanations.explain(asked, caller);
  }

  /** Who could read a field at a time: everybody for the owner, the CDO and the auditor, else one's own accounts. */
  @Get('readers')
  @ApiOkResponse({ standardSchema: ReadersResource })
  readers(
    @CurrentCaller() caller: Caller,
    @Query({ schema: ReadersAsked }) asked: ReadersAsked,
  ): Promise<ReadersResource> {
    return this.explanations.readers(asked, caller);
  }
}
