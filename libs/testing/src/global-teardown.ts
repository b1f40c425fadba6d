/** Jest's `globalTeardown` of the integration project. */
import { endKeeper } from './keeping.js';

export default endKeeper;
