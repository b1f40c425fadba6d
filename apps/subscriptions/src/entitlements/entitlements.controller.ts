import { EntitlementResource, ReceiptResource, RevokeEntitlement, Ulid } from '@citystreams/contracts';
import { type Caller, CurrentCaller } from '@citystreams/nest';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Page, PageAsked, pageOf } from '../paging.js';
import { EntitlementStore } from './entitlement.store.js';
import { Revocation } from './revocation.js';

@ApiTags('entitlements')
@Controller('api/entitlements')
export class EntitlementsController {
  constructor(
    private readonly entitlements: EntitlementStore,
    private readonly revocation: Revocation,
  ) {}

  @Get()
  @ApiOkResponse({ standardSchema: pageOf(EntitlementResource) })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: PageAsked }) page: PageAsked,
  ): Promise<Page<EntitlementResource>> {
    return this.entitlements.page(caller, page);
  }

  @Get(':id')
  @ApiOkResponse({ standardSchema: EntitlementResource })
  show(@CurrentCaller() caller: Caller, @Param('id', { schema: Ulid }) id: Ulid): Promise<EntitlementResource> {
    return this.entitlements.show(id, caller);
  }

  /** Answers when it is decided; the entitlement is REVOKED when every broker and the router have shown it. */
  @Post(':id/revoke')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: EntitlementResource })
  revoke(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: Ulid }) id: Ulid,
    @Body({ schema: RevokeEntitlement }) body: RevokeEntitlement,
  ): Promise<EntitlementResource> {
    return this.revocation.revoke(id, body, caller);
  }

  /** Newest first. */
  @Get(':id/receipts')
  @ApiOkResponse({ standardSchema: ReceiptResource, isArray: true })
  receipts(@CurrentCaller() caller: Caller, @Param('id', { schema: Ulid }) id: Ulid): Promise<ReceiptResource[]> {
    return this.entitlements.receipts(id, caller);
  }
}
