import 'reflect-metadata';
import { readConfig, startService } from '@citystreams/nest';
import { RouterConfig } from './config.js';
import { RouterModule } from './router.module.js';

const config = readConfig(RouterConfig, process.env);

await startService({
  name: 'router',
  module: RouterModule.forRoot(config),
  host: config.HOST,
  port: config.PORT,
  logLevel: config.LOG_LEVEL,
});
