import { duplicate, invalidValue, required, type FieldError } from '../../apimachinery/index.ts';
import { broken, oneOf, requiredOneOf, within } from '../field-rules.ts';
import type { PodSecurityContext, PodSpec, SecurityContext, Sysctl } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

const IDS = [0, 2_147_483_647] as const;

export function validatePodSecurity(field: string, spec: Sent<PodSpec>): readonly FieldError[] {
  const context = spec.securityContext ?? {};
  const where = `${field}.securityContext`;
  const isShared = spec.hostPID === true && spec.shareProcessNamespace === true;
  const why = 'ShareProcessNamespace and HostPID cannot both be enabled';
  return [
    ...(isShared ? [invalidValue(`${field}.shareProcessNamespace`, true, why)] : []),
    ...validateUser(where, context),
    ...within(`${where}.fsGroup`, context.fsGroup, IDS),
    ...(context.supplementalGroups ?? []).flatMap((id, index) =>
      within(`${where}.supplementalGroups[${index}]`, id, IDS),
    ),
    ...oneOf(`${where}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ['Always', 'OnRootMismatch']),
    ...oneOf(`${where}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, ['Merge', 'Strict']),
    ...validateSysctls(`${where}.sysctls`, context.sysctls ?? [], spec),
    ...validateProfiles(where, context),
  ];
}

export function validateContainerSecurity(
  field: string,
  context: Sent<SecurityContext> | undefined,
): readonly FieldError[] {
  if (context === undefined) return [];
  const { allowPrivilegeEscalation, privileged, capabilities, procMount } = context;
  const isHeld = allowPrivilegeEscalation === false;
  const mayAll = capabilities?.add?.includes('CAP_SYS_ADMIN') === true;
  return [
    ...validateUser(field, context),
    ...oneOf(`${field}.procMount`, procMount, ['Default', 'Unmasked']),
    ...broken(
      [
        isHeld && privileged === true,
        invalidValue(field, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'),
      ],
      [
        isHeld && mayAll,
        invalidValue(
          field,
          context,
          'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
        ),
      ],
    ),
    ...validateProfiles(field, context),
  ];
}

function validateUser(
  field: string,
  { runAsUser, runAsGroup }: Pick<Sent<PodSecurityContext>, 'runAsUser' | 'runAsGroup'>,
): readonly FieldError[] {
  return [...within(`${field}.runAsUser`, runAsUser, IDS), ...within(`${field}.runAsGroup`, runAsGroup, IDS)];
}

const PROFILES = [
  ['seccompProfile', 'seccomp'],
  ['appArmorProfile', 'AppArmor'],
] as const;

function validateProfiles(
  field: string,
  context: Pick<Sent<PodSecurityContext>, 'seccompProfile' | 'appArmorProfile'>,
): readonly FieldError[] {
  return PROFILES.flatMap(([name, noun]) => {
    const profile = context[name];
    if (profile === undefined) return [];
    const { type, localhostProfile } = profile;
    const where = `${field}.${name}`;
    const isLocal = type === 'Localhost';
    return [
      ...requiredOneOf(`${where}.type`, type, ['Localhost', 'RuntimeDefault', 'Unconfined']),
      ...(isLocal && (localhostProfile ?? '') === ''
        ? [required(`${where}.localhostProfile`, `must be set when ${noun} type is Localhost`)]
        : []),
      ...(!isLocal && localhostProfile !== undefined
        ? [
            invalidValue(
              `${where}.localhostProfile`,
              localhostProfile,
              `can only be set when ${noun} type is Localhost`,
            ),
          ]
        : []),
    ];
  });
}

const SYSCTL_SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL = `(${SYSCTL_SEGMENT}[\\./])*${SYSCTL_SEGMENT}`;
const MAX_SYSCTL_CHARACTERS = 253;
const sysctlPattern = new RegExp(`^${SYSCTL}$`);

function validateSysctls(
  field: string,
  sysctls: readonly Sent<Sysctl>[],
  { hostNetwork, hostIPC }: Sent<PodSpec>,
): readonly FieldError[] {
  const names = sysctls.map(({ name = '' }) => name.replaceAll('/', '.'));
  return names.flatMap((name, index) => {
    const where = `${field}[${index}].name`;
    if (name === '') return [required(where)];
    if (name.length > MAX_SYSCTL_CHARACTERS || !sysctlPattern.test(name)) {
      const why = `must have at most ${MAX_SYSCTL_CHARACTERS} characters and match regex ^${SYSCTL}$`;
      return [invalidValue(where, name, why)];
    }
    return broken(
      [names.indexOf(name) < index, duplicate(where, name)],
      [
        hostNetwork === true && name.startsWith('net.'),
        invalidValue(where, name, "may not be specified when 'hostNetwork' is true"),
      ],
      [
        hostIPC === true &&
          (name.startsWith('kernel.sem') || name.startsWith('kernel.shm') || name.startsWith('fs.mqueue.')),
        invalidValue(where, name, "may not be specified when 'hostIPC' is true"),
      ],
    );
  });
}
