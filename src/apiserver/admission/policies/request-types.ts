import { BOOL, DYN, INT, listOf, mapOf, objectOf, STRING, TIMESTAMP, type CelType } from '../../../cel/index.ts';

const KIND_TYPE = objectOf('kubernetes.GroupVersionKind', { group: STRING, version: STRING, kind: STRING });
const RESOURCE_TYPE = objectOf('kubernetes.GroupVersionResource', { group: STRING, version: STRING, resource: STRING });

/** The variable `request`. */
export const REQUEST_TYPE: CelType = objectOf('kubernetes.AdmissionRequest', {
  kind: KIND_TYPE,
  resource: RESOURCE_TYPE,
  subResource: STRING,
  requestKind: KIND_TYPE,
  requestResource: RESOURCE_TYPE,
  requestSubResource: STRING,
  name: STRING,
  namespace: STRING,
  operation: STRING,
  userInfo: objectOf('kubernetes.UserInfo', {
    username: STRING,
    uid: STRING,
    groups: listOf(STRING),
    extra: mapOf(STRING, listOf(STRING)),
  }),
  dryRun: BOOL,
  options: DYN,
});

/** The variable `namespaceObject`. */
export const NAMESPACE_TYPE: CelType = objectOf('kubernetes.Namespace', {
  metadata: objectOf('kubernetes.NamespaceMetadata', {
    name: STRING,
    generateName: STRING,
    namespace: STRING,
    labels: mapOf(STRING, STRING),
    annotations: mapOf(STRING, STRING),
    uid: STRING,
    creationTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: INT,
    deletionTimestamp: TIMESTAMP,
    generation: INT,
    resourceVersion: STRING,
    finalizers: listOf(STRING),
  }),
  spec: objectOf('kubernetes.NamespaceSpec', { finalizers: listOf(STRING) }),
  status: objectOf('kubernetes.NamespaceStatus', { phase: STRING }),
});
