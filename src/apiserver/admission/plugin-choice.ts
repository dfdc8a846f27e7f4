/** Which of Kubernetes' admission plugins to have beyond those that are on by default, and which of those not. */
export interface PluginChoice {
  readonly enable?: readonly string[];
  readonly disable?: readonly string[];
}

/** Kubernetes' plugins in its order: on or off unless somebody says otherwise, or not to be had. */
const PLUGINS: Readonly<Partial<Record<string, 'on' | 'off' | 'absent'>>> = {
  AlwaysAdmit: 'absent',
  NamespaceAutoProvision: 'absent',
  NamespaceLifecycle: 'on',
  NamespaceExists: 'absent',
  LimitPodHardAntiAffinityTopology: 'absent',
  LimitRanger: 'on',
  ServiceAccount: 'on',
  NodeRestriction: 'on',
  TaintNodesByCondition: 'on',
  AlwaysPullImages: 'absent',
  ImagePolicyWebhook: 'absent',
  PodSecurity: 'on',
  PodNodeSelector: 'absent',
  Priority: 'on',
  DefaultTolerationSeconds: 'on',
  PodTolerationRestriction: 'absent',
  EventRateLimit: 'absent',
  ExtendedResourceToleration: 'absent',
  DefaultStorageClass: 'on',
  StorageObjectInUseProtection: 'on',
  PodGroupProtection: 'absent',
  OwnerReferencesPermissionEnforcement: 'off',
  PersistentVolumeClaimResize: 'on',
  RuntimeClass: 'on',
  CertificateApproval: 'on',
  CertificateSigning: 'on',
  ClusterTrustBundleAttest: 'absent',
  CertificateSubjectRestriction: 'on',
  DefaultIngressClass: 'on',
  DenyServiceExternalIPs: 'absent',
  PodTopologyLabels: 'on',
  PodGroupWorkloadExists: 'absent',
  NodeDeclaredFeatureValidator: 'absent',
  JobValidation: 'absent',
  PodResizeValidator: 'on',
  MutatingAdmissionPolicy: 'on',
  MutatingAdmissionWebhook: 'on',
  ValidatingAdmissionPolicy: 'on',
  ValidatingAdmissionWebhook: 'on',
  ResourceQuota: 'on',
  AlwaysDeny: 'absent',
};

/** What is wrong with a choice, in the words of Kubernetes. `served`: the plugins that this server has; absent: all. */
export function pluginChoiceProblems(
  { enable = [], disable = [] }: PluginChoice,
  served?: ReadonlySet<string>,
): readonly string[] {
  const unknown = (flag: string, names: readonly string[]) =>
    names
      .filter((name) => PLUGINS[name] === undefined)
      .map((name) => `${flag} plugin ${JSON.stringify(name)} is unknown`);
  const both = enable.filter((name) => disable.includes(name));
  return [
    ...unknown('enable-admission-plugins', enable),
    ...enable
      .filter((name) => PLUGINS[name] === 'absent' || (PLUGINS[name] !== undefined && served?.has(name) === false))
      .map((name) => `enable-admission-plugins plugin ${JSON.stringify(name)} is not supported`),
    ...unknown('disable-admission-plugins', disable),
    ...(both.length === 0
      ? []
      : [`[${both.join(' ')}] in enable-admission-plugins and disable-admission-plugins overlapped`]),
  ];
}

/** Whether to have a plugin. What is none of Kubernetes' plugins cannot be done without. */
export function isChosen(name: string, { enable = [], disable = [] }: PluginChoice): boolean {
  return PLUGINS[name] === 'off' ? enable.includes(name) : PLUGINS[name] === undefined || !disable.includes(name);
}
