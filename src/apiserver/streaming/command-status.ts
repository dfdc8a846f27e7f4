import { internalError, isStatusError, type Status } from '../../apimachinery/index.ts';

/** On streams it stands without an HTTP code where there was none. */
export type CommandStatus = Pick<Status, 'kind' | 'apiVersion' | 'metadata' | 'status' | 'message'> & {
  readonly reason?: string;
  readonly details?: unknown;
};

/** How a command ended, as clients are told. Kubernetes: `StatusReasonNonZeroExitCode`. */
export function exitStatus(exitCode: number): CommandStatus {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {} } as const;
  if (exitCode === 0) return { ...status, status: 'Success' };
  return {
    ...status,
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}

export function failureStatus(err: unknown): CommandStatus {
  return (isStatusError(err) ? err : internalError(err)).status;
}

/** What goes over the error stream: protocols before the fourth know nothing but text, and of failures alone. */
export function statusMessage(status: CommandStatus, isStructured: boolean): Buffer {
  if (isStructured) return Buffer.from(JSON.stringify(status));
  return Buffer.from(status.status === 'Success' ? '' : (status.message ?? ''));
}
