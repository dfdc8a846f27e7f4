export { PUBLISHING_REPORT, publishingProblems, type PublishingReport } from './publishing-problems.ts';
