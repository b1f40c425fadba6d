import { Controller, Get, Header } from '@nestjs/common';
import { RouterMetrics } from './router.metrics.js';

/** For Prometheus: what is routed, per view and partition. Names and numbers, never a value of an event. */
@Controller()
export class MetricsController {
  constructor(private readonly metrics: RouterMetrics) {}

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @Header('cache-control', 'no-store')
  text(): Promise<string> {
    return this.metrics.text();
  }
}
