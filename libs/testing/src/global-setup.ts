/**
 * Jest's `globalSetup` of the integration project: `libs/testing/dist/global-setup.js`, with `global-teardown.js` beside
 * it as `globalTeardown`. Jest imports both without transforming them, so they run from `dist`; specs import
 * `@citystreams/testing` from source as ever.
 */
import { startKeeper } from './keeping.js';

export default startKeeper;
