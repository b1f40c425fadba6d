import { Module } from '@nestjs/common';
import { EntitlementStore } from './entitlement.store.js';
import { EntitlementsController } from './entitlements.controller.js';
import { Granting } from './granting.js';
import { Revocation } from './revocation.js';

@Module({
  controllers: [EntitlementsController],
  providers: [EntitlementStore, Granting, Revocation],
  exports: [EntitlementStore, Granting],
})
export class EntitlementsModule {}
