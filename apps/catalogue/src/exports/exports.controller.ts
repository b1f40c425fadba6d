import { StreamName } from '@citystreams/contracts';
import { type Caller, CurrentCaller } from '@citystreams/nest';
import { Controller, Get, Header, Inject, Param, Req } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AgencyStore } from '../agencies/agency.store.js';
import { CITY_RULES, type CityRules } from '../city/city.module.js';
import { CATALOGUE_CONFIG, type CatalogueConfig } from '../config.js';
import { StreamPresenter } from '../streams/stream.presenter.js';
import { StreamSight } from '../streams/stream.sight.js';
import { StreamStore } from '../streams/stream.store.js';
import { asyncApiOf } from './asyncapi.js';
import { dcatOf } from './dcat.js';

@ApiTags('exports')
@Controller('api')
export class ExportsController {
  constructor(
    private readonly streams: StreamStore,
    private readonly sight: StreamSight,
    private readonly presenter: StreamPresenter,
    private readonly agencies: AgencyStore,
    @Inject(CITY_RULES) private readonly rules: CityRules,
    @Inject(CATALOGUE_CONFIG) private readonly config: CatalogueConfig,
  ) {}

  /** The stream as AsyncAPI 3 describes it. */
  @Get('streams/:stream/asyncapi')
  @Header('content-type', 'application/vnd.aai.asyncapi+json;version=3.0.0')
  @ApiProduces('application/vnd.aai.asyncapi+json;version=3.0.0')
  @ApiOkResponse({ schema: { type: 'object' } })
  async asyncApi(
    @CurrentCaller() caller: Caller,
    @Param('stream', { schema: StreamName }) stream: StreamName,
  ): Promise<object> {
    const row = await this.sight.visible(caller, stream);
    const text = await this.streams.newestText(stream);
    return asyncApiOf(await this.presenter.written(row, caller), JSON.parse(text ?? 'null'));
  }

  /** Every listed stream that is in use, as DCAT 3. Hidden streams are in it for nobody. */
  @Get('catalogue.jsonld')
  @Header('content-type', 'application/ld+json')
  @ApiProduces('application/ld+json')
  @ApiOkResponse({ schema: { type: 'object' } })
  async dcat(@Req() request: FastifyRequest): Promise<object> {
    const rows = await this.streams.listed();
    const summaries = await this.presenter.summaries(rows);
    const datasets = summaries.map((stream, i) => ({ stream, createdAt: rows[i]?.createdAt ?? new Date(0) }));
    const base = this.config.PUBLIC_URL ?? `${request.protocol}://${request.host}`;
    const city = { agencies: await this.agencies.list(), concepts: this.rules.concepts ?? [] };
    return dcatOf(base.replace(/\/+$/, ''), city, datasets);
  }
}
