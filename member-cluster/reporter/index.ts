export { createReporter, type ReporterDeps } from './reporter.ts';
