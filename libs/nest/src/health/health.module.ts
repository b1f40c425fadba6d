import { Controller, Get, Global, Header, Module } from '@nestjs/common';
import { Public } from '../auth/auth.decorators.js';
import { ProblemError } from '../problems/problem-error.js';
import { HealthRegistry } from './health-registry.js';

@Public()
@Controller()
class HealthController {
  constructor(private readonly health: HealthRegistry) {}

  /** The process answers; says nothing about what it needs. */
  @Get('healthz')
  @Header('cache-control', 'no-store')
  alive() {
    return { status: 'alive' };
  }

  /** 200 when it can work (`degraded`: a part of its work), else 503 with what is missing. */
  @Get('readyz')
  @Header('cache-control', 'no-store')
  async ready() {
    const { ready, checks } = await this.health.report();
    const missing = checks.filter(({ ok }) => !ok);
    if (ready) return { status: missing.length === 0 ? 'ready' : 'degraded', checks };
    throw new ProblemError('UNAVAILABLE', `Not ready: ${missing.map(({ name }) => name).join(', ')}.`, {
      problems: missing.map(({ name, reason }) => ({ field: name, message: reason ?? 'not ready' })),
    });
  }
}

@Global()
@Module({ controllers: [HealthController], providers: [HealthRegistry], exports: [HealthRegistry] })
export class HealthModule {}
