/** Who our own tokens say they are from. */
export const TOKEN_ISSUER = 'https://kubernetes.default.svc.cluster.local';
