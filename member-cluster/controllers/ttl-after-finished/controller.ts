import { jobExpiry } from '../../../src/job-expiry/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';

export const ttlAfterFinishedController: ControllerDefinition = { name: 'ttl-after-finished', build: jobExpiry };
