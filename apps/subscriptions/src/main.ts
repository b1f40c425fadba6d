import 'reflect-metadata';
import { readConfig, startService } from '@citystreams/nest';
import { SubscriptionsSettings } from './config.js';
import { SubscriptionsModule } from './subscriptions.module.js';

const config = readConfig(SubscriptionsSettings, process.env);

await startService({
  name: 'subscriptions',
  module: SubscriptionsModule.forRoot(config),
  port: config.PORT,
  host: config.HOST,
  logLevel: config.LOG_LEVEL,
});
