import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The repository, from the source of this suite as well as from its build. */
export const ROOT = ((): string => {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'nx.json'))) return folder;
    if (folder === dirname(folder)) throw new Error('the repository is not above this file');
  }
})();

/** The entry point of an app as it is built. @throws Error when it is not */
export function builtApp(app: string): string {
  const main = join(ROOT, 'apps', app, 'dist', 'main.js');
  if (!existsSync(main)) throw new Error(`apps/${app} is not built: npm test builds first, or run npm run build`);
  return main;
}
