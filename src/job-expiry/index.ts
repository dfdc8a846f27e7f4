export { jobExpiry, type JobExpiryDeps } from './job-expiry.ts';
