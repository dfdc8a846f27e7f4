const HEALTH = /^\/(?:healthz|livez|readyz)(?:\/|$)/;

/** Where who shows no credentials may be anonymous unless a configuration says otherwise: probes have none. */
export const isHealthPath = (path: string): boolean => HEALTH.test(path);
