import 'reflect-metadata';
import { readConfig, startService } from '@citystreams/nest';
import { CatalogueSettings } from './config.js';
import { catalogueService } from './service.js';

await startService(catalogueService(readConfig(CatalogueSettings, process.env)));
