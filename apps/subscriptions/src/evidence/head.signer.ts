/** The key that signs heads, for injection. */
export const HEAD_SIGNER = Symbol('signer of audit heads');
