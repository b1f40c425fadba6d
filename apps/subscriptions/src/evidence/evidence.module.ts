import { Global, Module } from '@nestjs/common';
import { AuditTrail } from './audit.trail.js';

/** The evidence chain. Everything that decides or enforces records it here. */
@Global()
@Module({ providers: [AuditTrail], exports: [AuditTrail] })
export class EvidenceModule {}
