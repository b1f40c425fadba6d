/** The bytes are not one event of the writer version. */
export class Undecodable extends Error {
  override name = 'Undecodable';
}

/** The predicate cannot be told for this event: it is withheld and counted. */
export class PredicateFailed extends Error {
  override name = 'PredicateFailed';
}
