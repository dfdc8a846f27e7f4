/** Where a federation control plane keeps its objects when not in a directory of its own. Paths are absolute. */
export interface EtcdConfig {
  readonly type: 'etcd';
  /** `http://host:port` or `https://host:port`. */
  readonly servers: readonly string[];
  /** Stands before every key. */
  readonly prefix?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly username?: string;
  readonly passwordFile?: string;
}

/** Of the Lease that control planes on one etcd elect their leader by. */
export interface LeaderElectionConfig {
  readonly leaseDurationSeconds: number;
  readonly renewDeadlineSeconds: number;
  readonly retryPeriodSeconds: number;
}

export const leaderElectionDefaults: LeaderElectionConfig = {
  leaseDurationSeconds: 15,
  renewDeadlineSeconds: 10,
  retryPeriodSeconds: 2,
};

const file = { type: 'string', minLength: 1 };
const seconds = { type: 'integer', minimum: 1, maximum: 3_600 };

/** Of what may stand before every key. */
export const ETCD_PREFIX = '^/[-._a-zA-Z0-9/]*[-._a-zA-Z0-9]$';

export const etcdSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'servers'],
  properties: {
    type: { type: 'string', enum: ['etcd'] },
    servers: {
      type: 'array',
      minItems: 1,
      maxItems: 20,
      items: { type: 'string', pattern: '^https?://[^/]+:[0-9]+$' },
    },
    prefix: { type: 'string', pattern: ETCD_PREFIX },
    caFile: file,
    certFile: file,
    keyFile: file,
    username: { type: 'string', minLength: 1 },
    passwordFile: file,
  },
  dependencies: {
    certFile: ['keyFile'],
    keyFile: ['certFile'],
    username: ['passwordFile'],
    passwordFile: ['username'],
  },
};

export const leaderElectionSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { leaseDurationSeconds: seconds, renewDeadlineSeconds: seconds, retryPeriodSeconds: seconds },
};

/** What is wrong with timings that are each in their range; undefined when nothing is. */
export function electionProblem(timings: LeaderElectionConfig): string | undefined {
  const { leaseDurationSeconds, renewDeadlineSeconds, retryPeriodSeconds } = timings;
  return leaseDurationSeconds > renewDeadlineSeconds && renewDeadlineSeconds > retryPeriodSeconds
    ? undefined
    : 'leaseDurationSeconds must exceed renewDeadlineSeconds, and that retryPeriodSeconds';
}
