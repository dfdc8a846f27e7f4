/** Names that are part of the federation's API: annotations, labels, finalizers, namespaces. */

/** Where the control plane keeps its own objects, and where joining puts its account in a member. */
export const FEDERATION_SYSTEM_NAMESPACE = 'federation-system';

export const annotations = {
  /** JSON list of requirements on the labels of Cluster objects. */
  clusterSelector: 'federation.alpha.kubernetes.io/cluster-selector',
  deploymentPreferences: 'federation.kubernetes.io/deployment-preferences',
  replicaSetPreferences: 'federation.kubernetes.io/replica-set-preferences',
  jobPreferences: 'federation.kubernetes.io/job-preferences',
  /** Written by the service controller: the addresses at which each cluster's shard can be reached. */
  serviceIngresses: 'federation.kubernetes.io/service-ingresses',
  /** Written by the service controller: what is known of the shard in each cluster. */
  shards: 'federation.koinon.dev/shards',
  /** TTL of the DNS records of one Service, in seconds. */
  dnsTtl: 'federation.koinon.dev/dns-ttl',
  /** How the answers for a Service are made of its shards: `nearest`, `weighted`, `failover` or `all`. */
  dnsPolicy: 'federation.koinon.dev/dns-policy',
  /** Of `weighted`: `us=3,europe=1`. */
  dnsWeights: 'federation.koinon.dev/dns-weights',
  /** Of `failover`: clusters, the first first. */
  dnsOrder: 'federation.koinon.dev/dns-order',
  /** Clusters in an answer, where there are so many. */
  dnsMinimum: 'federation.koinon.dev/dns-minimum',
  /** What is answered while no shard is healthy: `none` or `least-bad`. */
  dnsLastResort: 'federation.koinon.dev/dns-last-resort',
  /** How the shards of a Service are looked at: `tcp`, `none`, `http:/path`, `https:/path`, `http:8080/path`. */
  healthCheck: 'federation.koinon.dev/health-check',
  /** How long a Service keeps a cluster in its answers that nobody can judge: `keep`, or a time such as `5m`. */
  unjudgedClusters: 'federation.koinon.dev/unjudged-clusters',
  /** `true`: take over objects of the same name that koinon did not create in a member. */
  adopt: 'federation.koinon.dev/adopt',
  /** `true`: this role or binding is for the members too. */
  propagate: 'federation.koinon.dev/propagate',
  /** Written by the federation: where the object is placed, by whose word, and why not elsewhere. */
  placement: 'federation.koinon.dev/placement',
  /** `true`: what would empty most of the members at once is meant. */
  confirm: 'federation.koinon.dev/confirm',
  /** `enforce`, `report` or `pause`: what happens to copies that somebody changes in a member. */
  drift: 'federation.koinon.dev/drift',
  /** On a shard: the uid of the federated object it is a copy of. */
  federatedUid: 'federation.koinon.dev/federated-uid',
  /** On a shard: which fields it consists of, where the member does not know whose they are. */
  appliedFields: 'federation.koinon.dev/applied-fields',
  /** On a shard: what the federation last wrote there. */
  applied: 'federation.koinon.dev/applied',
} as const;

export const labels = {
  /** On a ConfigMap of `federation-system`: the cluster that these deletions are owed to. */
  owedTo: 'federation.koinon.dev/owed-to',
  /** On a ConfigMap of `federation-system`: the cluster in which these copies are held, or left to themselves. */
  heldIn: 'federation.koinon.dev/held-in',
  /** On a shard: the federation that made it. */
  managedBy: 'federation.koinon.dev/managed-by',
} as const;

export const finalizers = {
  deleteFromUnderlyingClusters: 'federation.kubernetes.io/delete-from-underlying-clusters',
  orphan: 'orphan',
  foreground: 'foregroundDeletion',
} as const;

/** On nodes, today's label first. */
export const zoneLabels = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'] as const;
export const regionLabels = ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'] as const;
