/**
 * Which parts of an event a view keeps, as a tree over the contract's field paths. A path that is listed keeps the
 * whole field below it; everything that is not listed is absent.
 */
export interface KeepTree {
  /** null: the whole field. */
  children: Map<string, KeepTree> | null;
}

export function keepTree(paths: readonly string[]): KeepTree {
  const root: KeepTree = { children: new Map() };
  for (const path of paths) {
    let at = root;
    const names = path.split('.');
    for (const [i, name] of names.entries()) {
      if (at.children === null) break;
      const last = i === names.length - 1;
      const next = at.children.get(name) ?? { children: new Map() };
      if (last) next.children = null;
      at.children.set(name, next);
      at = next;
    }
  }
  return root;
}

/**
 * The paths below which nothing is left to choose: asking for a record asks for each of its fields, so that each is
 * classified and decided by itself. Order is the contract's. Unknown paths are left out.
 */
export function leavesOf(contractPaths: readonly string[], asked: readonly string[]): string[] {
  const isBelow = (path: string, above: string): boolean => path === above || path.startsWith(`${above}.`);
  return contractPaths.filter(
    (path) =>
      asked.some((a) => isBelow(path, a)) && !contractPaths.some((other) => other !== path && isBelow(other, path)),
  );
}
