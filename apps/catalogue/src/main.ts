import 'reflect-metadata';
import { readConfig, startService } from '@citystreams/nest';
import { CatalogueSettings, OpenRegistrySettings, RegistryChoice } from './config.js';
import { catalogueService, openRegistryService } from './service.js';

const { REGISTRY } = readConfig(RegistryChoice, process.env);
await startService(
  REGISTRY === 'open'
    ? openRegistryService(readConfig(OpenRegistrySettings, process.env))
    : catalogueService(readConfig(CatalogueSettings, process.env)),
);
