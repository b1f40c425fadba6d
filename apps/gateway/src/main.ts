import 'reflect-metadata';
import { readConfig, startService } from '@citystreams/nest';
import { GatewaySettings } from './config.js';
import { gatewayService } from './service.js';

const config = readConfig(GatewaySettings, process.env);
await startService({ ...gatewayService(config), host: config.HOST, port: config.PORT, logLevel: config.LOG_LEVEL });
