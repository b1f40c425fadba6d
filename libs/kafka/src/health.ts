/** Whether something that runs by itself is doing its work now; the reason names a failure's code, never a secret. */
export interface Health {
  ok: boolean;
  reason?: string;
}
