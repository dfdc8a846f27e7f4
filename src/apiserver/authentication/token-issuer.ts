/** Who our own tokens say they are from, and so whom tokens are for that say nothing of it. */
export const TOKEN_ISSUER = 'https://kubernetes.default.svc.cluster.local';
