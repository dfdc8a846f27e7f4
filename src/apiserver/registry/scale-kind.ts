/** What every scale is, whosever it is. */
export const SCALE_KIND = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  schema: 'k8s.io/api/autoscaling/v1.Scale',
};
