import { containersText, distinct, quoted, settersText, violation, type Check, type CheckedPod } from './check.ts';
import type { Container } from './shapes.ts';

const CAPABILITIES: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

const SELINUX_TYPES: readonly string[] = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

/** With the minor version that allows them first. */
const SYSCTLS: Readonly<Partial<Record<string, number>>> = {
  'kernel.shm_rmid_forced': 0,
  'net.ipv4.ip_local_port_range': 0,
  'net.ipv4.ip_unprivileged_port_start': 0,
  'net.ipv4.tcp_syncookies': 0,
  'net.ipv4.ping_group_range': 0,
  'net.ipv4.ip_local_reserved_ports': 27,
  'net.ipv4.tcp_keepalive_time': 29,
  'net.ipv4.tcp_fin_timeout': 29,
  'net.ipv4.tcp_keepalive_intvl': 29,
  'net.ipv4.tcp_keepalive_probes': 29,
  'net.ipv4.tcp_rmem': 32,
  'net.ipv4.tcp_wmem': 32,
};

const APP_ARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';

/** In the order in which violations are named. */
export const baselineChecks: readonly Check[] = [
  { id: 'appArmorProfile', find: appArmor },
  {
    id: 'capabilities',
    find: ({ containers }) => {
      const bad = containers.filter((container) => strange(container).length > 0);
      if (bad.length === 0) return undefined;
      const names = quoted(distinct(bad.flatMap(strange)));
      const detail = `${containersText(bad)} must not include ${names} in securityContext.capabilities.add`;
      return violation('non-default capabilities', detail);
    },
  },
  {
    id: 'hostNamespaces',
    find: ({ spec }) => {
      const used = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => spec[name] === true);
      return used.length === 0
        ? undefined
        : violation('host namespaces', used.map((name) => `${name}=true`).join(', '));
    },
  },
  {
    id: 'hostPathVolumes',
    find: ({ spec }) => {
      const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name);
      const detail = `${names.length === 1 ? 'volume' : 'volumes'} ${quoted(names)}`;
      return names.length === 0 ? undefined : violation('hostPath volumes', detail);
    },
  },
  { id: 'hostPorts', find: hostPorts },
  { id: 'hostProbesAndHostLifecycle', since: 34, find: probeHosts },
  {
    id: 'privileged',
    find: ({ containers }) => {
      const bad = containers.filter(({ securityContext }) => securityContext?.privileged === true);
      if (bad.length === 0) return undefined;
      return violation('privileged', `${containersText(bad)} must not set securityContext.privileged=true`);
    },
  },
  {
    id: 'procMount',
    find: ({ containers }) => {
      const mount = ({ securityContext }: Container) => securityContext?.procMount ?? 'Default';
      const bad = containers.filter((container) => mount(container) !== 'Default');
      if (bad.length === 0) return undefined;
      const detail = `${containersText(bad)} must not set securityContext.procMount to ${quoted(distinct(bad.map(mount)))}`;
      return violation('procMount', detail);
    },
  },
  { id: 'seLinuxOptions', find: seLinuxOptions },
  {
    id: 'seccompProfile',
    find: ({ spec, containers }) => {
      const isBad = (type: string | undefined) => type === 'Unconfined';
      const setters = settersText(
        isBad(spec.securityContext?.seccompProfile?.type),
        containers.filter(({ securityContext }) => isBad(securityContext?.seccompProfile?.type)),
      );
      const detail = `${setters ?? ''} must not set securityContext.seccompProfile.type to "Unconfined"`;
      return setters === undefined ? undefined : violation('seccompProfile', detail);
    },
  },
  {
    id: 'sysctls',
    find: ({ spec, minor }) => {
      const names = (spec.securityContext?.sysctls ?? []).map(({ name }) => name);
      const bad = names.filter((name) => {
        const first = SYSCTLS[name];
        return first === undefined || first > minor;
      });
      return bad.length === 0 ? undefined : violation('forbidden sysctls', bad.join(', '));
    },
  },
  {
    id: 'windowsHostProcess',
    find: ({ spec, containers }) => {
      const setters = settersText(
        spec.securityContext?.windowsOptions?.hostProcess === true,
        containers.filter(({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true),
      );
      const detail = `${setters ?? ''} must not set securityContext.windowsOptions.hostProcess=true`;
      return setters === undefined ? undefined : violation('hostProcess', detail);
    },
  },
];

function strange({ securityContext }: Container): readonly string[] {
  return (securityContext?.capabilities?.add ?? []).filter((name) => !CAPABILITIES.has(name));
}

function hostPorts({ containers }: CheckedPod) {
  const portsOf = ({ ports = [] }: Container) =>
    ports.flatMap(({ hostPort = 0 }) => (hostPort === 0 ? [] : [hostPort]));
  const bad = containers.filter((container) => portsOf(container).length > 0);
  if (bad.length === 0) return undefined;
  const ports = distinct(bad.flatMap(portsOf).map(String));
  const uses = `${bad.length === 1 ? 'uses' : 'use'} ${ports.length === 1 ? 'hostPort' : 'hostPorts'}`;
  return violation('hostPort', `${containersText(bad)} ${uses} ${ports.join(', ')}`);
}

function probeHosts({ containers }: CheckedPod) {
  const hostsOf = ({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container) =>
    [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap((handler) =>
      [handler?.httpGet?.host ?? '', handler?.tcpSocket?.host ?? ''].filter((host) => host !== ''),
    );
  const bad = containers.filter((container) => hostsOf(container).length > 0);
  if (bad.length === 0) return undefined;
  const hosts = quoted(distinct(bad.flatMap(hostsOf)));
  return violation('probe or lifecycle host', `${containersText(bad)} ${bad.length === 1 ? 'uses' : 'use'} ${hosts}`);
}

function seLinuxOptions({ spec, containers }: CheckedPod) {
  const isBad = (options: NonNullable<Container['securityContext']>['seLinuxOptions']) => problems(options).length > 0;
  const bad = containers.filter(({ securityContext }) => isBad(securityContext?.seLinuxOptions));
  const setters = settersText(isBad(spec.securityContext?.seLinuxOptions), bad);
  if (setters === undefined) return undefined;
  const all = [spec, ...bad].flatMap(({ securityContext }) => problems(securityContext?.seLinuxOptions));
  const types = distinct(all.filter((problem) => problem.startsWith('type')));
  const others = ['user may not be set', 'role may not be set'].filter((problem) => all.includes(problem));
  return violation(
    'seLinuxOptions',
    `${setters} set forbidden securityContext.seLinuxOptions: ${[...types, ...others].join('; ')}`,
  );
}

function problems(options: NonNullable<Container['securityContext']>['seLinuxOptions']): readonly string[] {
  const { type = '', user = '', role = '' } = options ?? {};
  return [
    ...(SELINUX_TYPES.includes(type) ? [] : [`type ${JSON.stringify(type)}`]),
    ...(user === '' ? [] : ['user may not be set']),
    ...(role === '' ? [] : ['role may not be set']),
  ];
}

function appArmor({ metadata, spec, containers }: CheckedPod) {
  const isBad = (type: string | undefined) => type === 'Unconfined';
  const setters = settersText(
    isBad(spec.securityContext?.appArmorProfile?.type),
    containers.filter(({ securityContext }) => isBad(securityContext?.appArmorProfile?.type)),
  );
  const annotations = Object.entries(metadata.annotations ?? {})
    .filter(([name, value]) => name.startsWith(APP_ARMOR_PREFIX) && !isAllowedProfile(value))
    .map(([name, value]) => `${JSON.stringify(name)}=${JSON.stringify(value)}`)
    .sort();
  const details = [
    ...(setters === undefined ? [] : [`${setters} must not set AppArmor profile type to "Unconfined"`]),
    ...(annotations.length === 0
      ? []
      : [`${annotations.length === 1 ? 'annotation' : 'annotations'} ${annotations.join(', ')}`]),
  ];
  if (details.length === 0) return undefined;
  const reason = details.length + annotations.length > 2 ? 'forbidden AppArmor profiles' : 'forbidden AppArmor profile';
  return violation(reason, details.join(' and '));
}

function isAllowedProfile(profile: string): boolean {
  return profile === '' || profile === 'runtime/default' || profile.startsWith('localhost/');
}
