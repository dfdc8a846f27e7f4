/** A Go package to read. */
export interface GoPackage {
  /** Import path, and the first half of the names of its types. */
  readonly path: string;
  /** Short name within the generated data. */
  readonly alias: string;
  /** The API group; absent where the types belong to no one group. */
  readonly group?: string;
  readonly version: string;
}

const builtIn = (folder: string, group: string, version = 'v1'): GoPackage => ({
  path: `k8s.io/api/${folder}/${version}`,
  alias: version === 'v1' ? folder : `${folder}-${version}`,
  group,
  version,
});

const META = 'k8s.io/apimachinery/pkg/apis/meta/v1';

/** Where two packages have a type of the same name, the first here keeps the plain name in TypeScript. */
export const PACKAGES: readonly GoPackage[] = [
  { path: META, alias: 'meta', version: 'v1' },
  builtIn('discovery', 'discovery.k8s.io'),
  builtIn('core', ''),
  builtIn('apps', 'apps'),
  builtIn('batch', 'batch'),
  builtIn('networking', 'networking.k8s.io'),
  builtIn('rbac', 'rbac.authorization.k8s.io'),
  builtIn('authentication', 'authentication.k8s.io'),
  builtIn('authorization', 'authorization.k8s.io'),
  builtIn('coordination', 'coordination.k8s.io'),
  builtIn('autoscaling', 'autoscaling', 'v2'),
  builtIn('autoscaling', 'autoscaling'),
  builtIn('policy', 'policy'),
  builtIn('events', 'events.k8s.io'),
  builtIn('scheduling', 'scheduling.k8s.io'),
  builtIn('storage', 'storage.k8s.io'),
  builtIn('node', 'node.k8s.io'),
  builtIn('certificates', 'certificates.k8s.io'),
  builtIn('admissionregistration', 'admissionregistration.k8s.io'),
  builtIn('flowcontrol', 'flowcontrol.apiserver.k8s.io'),
  builtIn('resource', 'resource.k8s.io'),
  {
    path: 'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1',
    alias: 'apiextensions',
    group: 'apiextensions.k8s.io',
    version: 'v1',
  },
];

const meta = (name: string) => `${META}.${name}`;
const extension = (name: string) => `k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.${name}`;

/** Go types with a JSON form of their own, by the letter that stands for them in the generated data. */
export const SPECIAL: Readonly<Record<string, string>> = {
  [meta('Time')]: 'T',
  [meta('MicroTime')]: 'M',
  [meta('Duration')]: 'D',
  [meta('FieldsV1')]: 'F',
  'k8s.io/apimachinery/pkg/api/resource.Quantity': 'Q',
  'k8s.io/apimachinery/pkg/util/intstr.IntOrString': 'I',
  'k8s.io/apimachinery/pkg/runtime.RawExtension': 'R',
  [extension('JSON')]: 'J',
};

/** Types of package meta that never stand in JSON under their own name. */
export const NOT_WIRE: ReadonlySet<string> = new Set([
  ...Object.keys(SPECIAL),
  ...['Timestamp', 'InternalEvent', 'TypeMeta'].map(meta),
]);
