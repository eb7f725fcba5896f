/** Version of the claims that is written; older ones are read too. */
export const CLAIMS_VERSION = 2;
