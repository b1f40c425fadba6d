/** What the relay hands to `publish`. */
export interface RelayMessage {
  topic: string;
  key: string;
  /** JSON text, as it was written. */
  payload: string;
}
