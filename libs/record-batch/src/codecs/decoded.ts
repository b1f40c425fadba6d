/** What a decoder answers in place of the end of its output. */
export const MALFORMED = -1;
/** The output has no room for what follows. */
export const NO_ROOM = -2;
