// What the compiler and Node would not complain about: TypeScript that no project compiles, and imports of our own
// packages that nobody declared. They are installed side by side, so they are found anyway; the build order is not.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, matchesGlob, relative } from 'node:path';

const IMPORT = /(?:from|import)\s*\(?\s*'(@citystreams\/[^/']+)/g;
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

function sources(root) {
  const exclude = (name) => /(^|\/)(node_modules|dist)(\/|$)/.test(name);
  return globSync('{libs,apps,tools,tests}/**/*.ts', { cwd: root, exclude }).toSorted();
}

/** The nearest folder above a file that holds such a file, or null. */
function above(root, file, name) {
  for (let folder = dirname(file); folder !== '.'; folder = dirname(folder)) {
    if (existsSync(join(root, folder, name))) return folder;
  }
  return null;
}

/** TypeScript files that `tsc -b` does not reach from the root tsconfig.json, one line each. */
export function uncompiledProblems(root) {
  const referred = new Set(read(join(root, 'tsconfig.json')).references.map(({ path }) => join(path)));
  return sources(root).flatMap((file) => {
    const project = above(root, file, 'tsconfig.json');
    if (project === null) return [`${file}: no tsconfig.json above it`];
    if (!referred.has(project)) return [`${file}: the root tsconfig.json does not refer to ${project}`];
    const { include = ['**/*'] } = read(join(root, project, 'tsconfig.json'));
    const covered = include.some((pattern) => matchesGlob(relative(project, file), pattern));
    return covered ? [] : [`${file}: ${project}/tsconfig.json leaves it out`];
  });
}

/** Imports of our packages that package.json does not declare or tsconfig.json does not refer to, one line each. */
export function undeclaredProblems(root) {
  const { workspaces } = read(join(root, 'package.json'));
  const folders = globSync(workspaces, { cwd: root }).filter((f) => existsSync(join(root, f, 'package.json')));
  const folderOf = new Map(folders.map((folder) => [read(join(root, folder, 'package.json')).name, folder]));
  const problems = new Set();
  for (const file of sources(root)) {
    const owner = above(root, file, 'package.json');
    const project = above(root, file, 'tsconfig.json');
    if (owner === null || project === null) continue;
    const { name: own, dependencies, devDependencies } = read(join(root, owner, 'package.json'));
    const { references = [] } = read(join(root, project, 'tsconfig.json'));
    const built = new Set(references.map(({ path }) => relative(root, join(root, project, path))));
    for (const [, name] of readFileSync(join(root, file), 'utf8').matchAll(IMPORT)) {
      if (name === own) continue;
      if (!{ ...devDependencies, ...dependencies }[name])
        problems.add(`${owner}/package.json does not declare ${name}`);
      if (!built.has(folderOf.get(name))) problems.add(`${project}/tsconfig.json does not refer to ${name}`);
    }
  }
  return [...problems];
}
