import { Module } from '@nestjs/common';
import { Delegations } from './delegations.js';
import { DelegationsController } from './delegations.controller.js';

@Module({ controllers: [DelegationsController], providers: [Delegations], exports: [Delegations] })
export class DelegationsModule {}
