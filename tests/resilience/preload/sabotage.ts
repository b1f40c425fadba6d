/**
 * Loaded into a router before its own code: takes single defences out of it, as its modules are read. SABOTAGE is a JSON
 * list of edits: in the module whose path ends with `file`, `find` occurs exactly once and becomes `replace`. An edit
 * that does not fit any more ends the process: a defence that was not switched off proves nothing.
 *
 * Nothing of this is in the router, and nothing in the router knows of it.
 */
import { registerHooks } from 'node:module';

interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const NOT_FITTING = 97;
const edits = JSON.parse(process.env['SABOTAGE'] ?? '[]') as Edit[];

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const mine = edits.filter(({ file }) => url.endsWith(file));
    if (mine.length === 0) return loaded;
    const { source } = loaded;
    let text = typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString();
    for (const { file, find, replace } of mine) {
      const times = text.split(find).length - 1;
      if (times !== 1) {
        process.stderr.write(`sabotage: ${file} has ${times} times: ${find}\n`);
        process.exit(NOT_FITTING);
      }
      text = text.replace(find, () => replace);
      process.stdout.write(`sabotage: ${file} is changed\n`);
    }
    return { ...loaded, source: text };
  },
});
