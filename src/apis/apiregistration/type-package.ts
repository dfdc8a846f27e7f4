import type { TypePackage } from '../type-package.ts';

/** The generator's sources lack this package of `k8s.io/kube-aggregator`; in the form that the generator writes. */
export const apiregistrationPackage: TypePackage = {
  path: 'k8s.io/kube-aggregator/pkg/apis/apiregistration/v1',
  group: 'apiregistration.k8s.io',
  version: 'v1',
  types: {
    APIService: '!metadata 1 meta.ObjectMeta;spec 2 .APIServiceSpec;status 3 .APIServiceStatus',
    APIServiceCondition: 'type 1 s r;status 2 s r;lastTransitionTime 3 T;reason 4 s o;message 5 s o',
    APIServiceList: '!metadata 1 meta.ListMeta;items 2 [.APIService r',
    APIServiceSpec:
      'service 1 .ServiceReference op;group 2 s o;version 3 s o;insecureSkipTLSVerify 4 b o;caBundle 5 y o l=atomic;' +
      'groupPriorityMinimum 7 i r;versionPriority 8 i r',
    APIServiceStatus: 'conditions 1 [.APIServiceCondition o l=map k=type s=merge K=type',
    ServiceReference: 'namespace 1 s o;name 2 s o;port 3 i op',
  },
};
