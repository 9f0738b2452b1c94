/**
 * How v1.33's API server holds objects in memory: what shows where an error prints one as Go does. Follows kubernetes
 * pkg/apis/{core,batch,apps}/types.go and apimachinery pkg/apis/meta/v1/types.go.
 *
 * A line is a struct with its fields in order, "Name type" or "Name=json type" where the JSON name is not the field's own
 * with a small letter (nothing after "=": a struct embedded in this one). "Name = type" names another type. Types of the
 * line's own package stand without it; a type that has no line is text.
 */
const TABLE = `
apps.DaemonSetUpdateStrategy Type DaemonSetUpdateStrategyType, RollingUpdate *RollingUpdateDaemonSet
apps.DeploymentStrategy Type DeploymentStrategyType, RollingUpdate *RollingUpdateDeployment
apps.RollingUpdateDaemonSet MaxUnavailable intstr.IntOrString, MaxSurge intstr.IntOrString
apps.RollingUpdateDeployment MaxUnavailable intstr.IntOrString, MaxSurge intstr.IntOrString
apps.RollingUpdateStatefulSetStrategy Partition int32, MaxUnavailable *intstr.IntOrString
apps.StatefulSetUpdateStrategy Type StatefulSetUpdateStrategyType, RollingUpdate *RollingUpdateStatefulSetStrategy
batch.PodFailurePolicy Rules []PodFailurePolicyRule
batch.PodFailurePolicyOnExitCodesRequirement ContainerName *string, Operator PodFailurePolicyOnExitCodesOperator, Values []int32
batch.PodFailurePolicyOnPodConditionsPattern Type core.PodConditionType, Status core.ConditionStatus
batch.PodFailurePolicyRule Action PodFailurePolicyAction, OnExitCodes *PodFailurePolicyOnExitCodesRequirement, OnPodConditions []PodFailurePolicyOnPodConditionsPattern
batch.SuccessPolicy Rules []SuccessPolicyRule
batch.SuccessPolicyRule SucceededIndexes *string, SucceededCount *int32
batch.UncountedTerminatedPods Succeeded []types.UID, Failed []types.UID
core.AWSElasticBlockStoreVolumeSource VolumeID string, FSType=fsType string, Partition int32, ReadOnly bool
core.Affinity NodeAffinity *NodeAffinity, PodAffinity *PodAffinity, PodAntiAffinity *PodAntiAffinity
core.AppArmorProfile Type AppArmorProfileType, LocalhostProfile *string
core.AzureDiskVolumeSource DiskName string, DataDiskURI=diskURI string, CachingMode *AzureDataDiskCachingMode, FSType=fsType *string, ReadOnly *bool, Kind *AzureDataDiskKind
core.AzureFilePersistentVolumeSource SecretName string, ShareName string, ReadOnly bool, SecretNamespace *string
core.AzureFileVolumeSource SecretName string, ShareName string, ReadOnly bool
core.CSIPersistentVolumeSource Driver string, VolumeHandle string, ReadOnly bool, FSType=fsType string, VolumeAttributes map[string]string, ControllerPublishSecretRef *SecretReference, NodeStageSecretRef *SecretReference, NodePublishSecretRef *SecretReference, ControllerExpandSecretRef *SecretReference, NodeExpandSecretRef *SecretReference
core.CSIVolumeSource Driver string, ReadOnly *bool, FSType=fsType *string, VolumeAttributes map[string]string, NodePublishSecretRef *LocalObjectReference
core.Capabilities Add []Capability, Drop []Capability
core.CephFSPersistentVolumeSource Monitors []string, Path string, User string, SecretFile string, SecretRef *SecretReference, ReadOnly bool
core.CephFSVolumeSource Monitors []string, Path string, User string, SecretFile string, SecretRef *LocalObjectReference, ReadOnly bool
core.CinderPersistentVolumeSource VolumeID string, FSType=fsType string, ReadOnly bool, SecretRef *SecretReference
core.CinderVolumeSource VolumeID string, FSType=fsType string, ReadOnly bool, SecretRef *LocalObjectReference
core.ClusterTrustBundleProjection Name *string, SignerName *string, LabelSelector *v1.LabelSelector, Optional *bool, Path string
core.ConfigMapEnvSource LocalObjectReference= LocalObjectReference, Optional *bool
core.ConfigMapKeySelector LocalObjectReference= LocalObjectReference, Key string, Optional *bool
core.ConfigMapProjection LocalObjectReference= LocalObjectReference, Items []KeyToPath, Optional *bool
core.ConfigMapVolumeSource LocalObjectReference= LocalObjectReference, Items []KeyToPath, DefaultMode *int32, Optional *bool
core.Container Name string, Image string, Command []string, Args []string, WorkingDir string, Ports []ContainerPort, EnvFrom []EnvFromSource, Env []EnvVar, Resources ResourceRequirements, ResizePolicy []ContainerResizePolicy, RestartPolicy *ContainerRestartPolicy, VolumeMounts []VolumeMount, VolumeDevices []VolumeDevice, LivenessProbe *Probe, ReadinessProbe *Probe, StartupProbe *Probe, Lifecycle *Lifecycle, TerminationMessagePath string, TerminationMessagePolicy TerminationMessagePolicy, ImagePullPolicy PullPolicy, SecurityContext *SecurityContext, Stdin bool, StdinOnce bool, TTY=tty bool
core.ContainerPort Name string, HostPort int32, ContainerPort int32, Protocol Protocol, HostIP string
core.ContainerResizePolicy ResourceName ResourceName, RestartPolicy ResourceResizeRestartPolicy
core.DownwardAPIProjection Items []DownwardAPIVolumeFile
core.DownwardAPIVolumeFile Path string, FieldRef *ObjectFieldSelector, ResourceFieldRef *ResourceFieldSelector, Mode *int32
core.DownwardAPIVolumeSource Items []DownwardAPIVolumeFile, DefaultMode *int32
core.EmptyDirVolumeSource Medium StorageMedium, SizeLimit *resource.Quantity
core.EnvFromSource Prefix string, ConfigMapRef *ConfigMapEnvSource, SecretRef *SecretEnvSource
core.EnvVar Name string, Value string, ValueFrom *EnvVarSource
core.EnvVarSource FieldRef *ObjectFieldSelector, ResourceFieldRef *ResourceFieldSelector, ConfigMapKeyRef *ConfigMapKeySelector, SecretKeyRef *SecretKeySelector
core.EphemeralContainer EphemeralContainerCommon= EphemeralContainerCommon, TargetContainerName string
core.EphemeralContainerCommon Name string, Image string, Command []string, Args []string, WorkingDir string, Ports []ContainerPort, EnvFrom []EnvFromSource, Env []EnvVar, Resources ResourceRequirements, ResizePolicy []ContainerResizePolicy, RestartPolicy *ContainerRestartPolicy, VolumeMounts []VolumeMount, VolumeDevices []VolumeDevice, LivenessProbe *Probe, ReadinessProbe *Probe, StartupProbe *Probe, Lifecycle *Lifecycle, TerminationMessagePath string, TerminationMessagePolicy TerminationMessagePolicy, ImagePullPolicy PullPolicy, SecurityContext *SecurityContext, Stdin bool, StdinOnce bool, TTY=tty bool
core.EphemeralVolumeSource VolumeClaimTemplate *PersistentVolumeClaimTemplate
core.ExecAction Command []string
core.FCVolumeSource TargetWWNs []string, Lun *int32, FSType=fsType string, ReadOnly bool, WWIDs=wwids []string
core.FlexPersistentVolumeSource Driver string, FSType=fsType string, SecretRef *SecretReference, ReadOnly bool, Options map[string]string
core.FlexVolumeSource Driver string, FSType=fsType string, SecretRef *LocalObjectReference, ReadOnly bool, Options map[string]string
core.FlockerVolumeSource DatasetName string, DatasetUUID string
core.GCEPersistentDiskVolumeSource PDName=pdName string, FSType=fsType string, Partition int32, ReadOnly bool
core.GRPCAction Port int32, Service *string
core.GitRepoVolumeSource Repository string, Revision string, Directory string
core.GlusterfsPersistentVolumeSource EndpointsName=endpoints string, Path string, ReadOnly bool, EndpointsNamespace *string
core.GlusterfsVolumeSource EndpointsName=endpoints string, Path string, ReadOnly bool
core.HTTPGetAction Path string, Port intstr.IntOrString, Host string, Scheme URIScheme, HTTPHeaders=httpHeaders []HTTPHeader
core.HTTPHeader Name string, Value string
core.HostAlias IP=ip string, Hostnames []string
core.HostIP IP=ip string
core.HostPathVolumeSource Path string, Type *HostPathType
core.ISCSIPersistentVolumeSource TargetPortal string, IQN=iqn string, Lun int32, ISCSIInterface=iscsiInterface string, FSType=fsType string, ReadOnly bool, Portals []string, DiscoveryCHAPAuth=chapAuthDiscovery bool, SessionCHAPAuth=chapAuthSession bool, SecretRef *SecretReference, InitiatorName *string
core.ISCSIVolumeSource TargetPortal string, IQN=iqn string, Lun int32, ISCSIInterface=iscsiInterface string, FSType=fsType string, ReadOnly bool, Portals []string, DiscoveryCHAPAuth=chapAuthDiscovery bool, SessionCHAPAuth=chapAuthSession bool, SecretRef *LocalObjectReference, InitiatorName *string
core.ImageVolumeSource Reference string, PullPolicy PullPolicy
core.KeyToPath Key string, Path string, Mode *int32
core.Lifecycle PostStart *LifecycleHandler, PreStop *LifecycleHandler, StopSignal *Signal
core.LifecycleHandler Exec *ExecAction, HTTPGet=httpGet *HTTPGetAction, TCPSocket=tcpSocket *TCPSocketAction, Sleep *SleepAction
core.LocalObjectReference Name string
core.LocalVolumeSource Path string, FSType=fsType *string
core.NFSVolumeSource Server string, Path string, ReadOnly bool
core.NodeAddress Type NodeAddressType, Address string
core.NodeAffinity RequiredDuringSchedulingIgnoredDuringExecution *NodeSelector, PreferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm
core.NodeSelector NodeSelectorTerms []NodeSelectorTerm
core.NodeSelectorRequirement Key string, Operator NodeSelectorOperator, Values []string
core.NodeSelectorTerm MatchExpressions []NodeSelectorRequirement, MatchFields []NodeSelectorRequirement
core.ObjectFieldSelector APIVersion=apiVersion string, FieldPath string
core.ObjectReference Kind string, Namespace string, Name string, UID=uid types.UID, APIVersion=apiVersion string, ResourceVersion string, FieldPath string
core.PersistentVolumeClaimSpec AccessModes []PersistentVolumeAccessMode, Selector *v1.LabelSelector, Resources VolumeResourceRequirements, VolumeName string, StorageClassName *string, VolumeMode *PersistentVolumeMode, DataSource *TypedLocalObjectReference, DataSourceRef *TypedObjectReference, VolumeAttributesClassName *string
core.PersistentVolumeClaimTemplate ObjectMeta=metadata v1.ObjectMeta, Spec PersistentVolumeClaimSpec
core.PersistentVolumeClaimVolumeSource ClaimName string, ReadOnly bool
core.PersistentVolumeSource GCEPersistentDisk=gcePersistentDisk *GCEPersistentDiskVolumeSource, AWSElasticBlockStore=awsElasticBlockStore *AWSElasticBlockStoreVolumeSource, HostPath *HostPathVolumeSource, Glusterfs *GlusterfsPersistentVolumeSource, NFS=nfs *NFSVolumeSource, RBD=rbd *RBDPersistentVolumeSource, Quobyte *QuobyteVolumeSource, ISCSI=iscsi *ISCSIPersistentVolumeSource, FlexVolume *FlexPersistentVolumeSource, Cinder *CinderPersistentVolumeSource, CephFS=cephfs *CephFSPersistentVolumeSource, FC=fc *FCVolumeSource, Flocker *FlockerVolumeSource, AzureFile *AzureFilePersistentVolumeSource, VsphereVolume *VsphereVirtualDiskVolumeSource, AzureDisk *AzureDiskVolumeSource, PhotonPersistentDisk *PhotonPersistentDiskVolumeSource, PortworxVolume *PortworxVolumeSource, ScaleIO *ScaleIOPersistentVolumeSource, Local *LocalVolumeSource, StorageOS=storageos *StorageOSPersistentVolumeSource, CSI=csi *CSIPersistentVolumeSource
core.PhotonPersistentDiskVolumeSource PdID string, FSType=fsType string
core.PodAffinity RequiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm, PreferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm
core.PodAffinityTerm LabelSelector *v1.LabelSelector, Namespaces []string, TopologyKey string, NamespaceSelector *v1.LabelSelector, MatchLabelKeys []string, MismatchLabelKeys []string
core.PodAntiAffinity RequiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm, PreferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm
core.PodDNSConfig Nameservers []string, Searches []string, Options []PodDNSConfigOption
core.PodDNSConfigOption Name string, Value *string
core.PodIP IP=ip string
core.PodOS Name OSName
core.PodReadinessGate ConditionType PodConditionType
core.PodResourceClaim Name string, ResourceClaimName *string, ResourceClaimTemplateName *string
core.PodSchedulingGate Name string
core.PodSecurityContext HostNetwork bool, HostPID bool, HostIPC bool, ShareProcessNamespace *bool, HostUsers *bool, SELinuxOptions=seLinuxOptions *SELinuxOptions, WindowsOptions *WindowsSecurityContextOptions, RunAsUser *int64, RunAsGroup *int64, RunAsNonRoot *bool, SupplementalGroups []int64, SupplementalGroupsPolicy *SupplementalGroupsPolicy, FSGroup=fsGroup *int64, FSGroupChangePolicy=fsGroupChangePolicy *PodFSGroupChangePolicy, Sysctls []Sysctl, SeccompProfile *SeccompProfile, AppArmorProfile *AppArmorProfile, SELinuxChangePolicy=seLinuxChangePolicy *PodSELinuxChangePolicy
core.PodSpec Volumes []Volume, InitContainers []Container, Containers []Container, EphemeralContainers []EphemeralContainer, RestartPolicy RestartPolicy, TerminationGracePeriodSeconds *int64, ActiveDeadlineSeconds *int64, DNSPolicy=dnsPolicy DNSPolicy, NodeSelector map[string]string, ServiceAccountName string, AutomountServiceAccountToken *bool, NodeName string, SecurityContext *PodSecurityContext, ImagePullSecrets []LocalObjectReference, Hostname string, Subdomain string, SetHostnameAsFQDN *bool, Affinity *Affinity, SchedulerName string, Tolerations []Toleration, HostAliases []HostAlias, PriorityClassName string, Priority *int32, PreemptionPolicy *PreemptionPolicy, DNSConfig=dnsConfig *PodDNSConfig, ReadinessGates []PodReadinessGate, RuntimeClassName *string, Overhead ResourceList, EnableServiceLinks *bool, TopologySpreadConstraints []TopologySpreadConstraint, OS=os *PodOS, SchedulingGates []PodSchedulingGate, ResourceClaims []PodResourceClaim, Resources *ResourceRequirements
core.PodTemplateSpec ObjectMeta=metadata v1.ObjectMeta, Spec PodSpec
core.PortworxVolumeSource VolumeID string, FSType=fsType string, ReadOnly bool
core.PreferredSchedulingTerm Weight int32, Preference NodeSelectorTerm
core.Probe ProbeHandler= ProbeHandler, InitialDelaySeconds int32, TimeoutSeconds int32, PeriodSeconds int32, SuccessThreshold int32, FailureThreshold int32, TerminationGracePeriodSeconds *int64
core.ProbeHandler Exec *ExecAction, HTTPGet=httpGet *HTTPGetAction, TCPSocket=tcpSocket *TCPSocketAction, GRPC=grpc *GRPCAction
core.ProjectedVolumeSource Sources []VolumeProjection, DefaultMode *int32
core.QuobyteVolumeSource Registry string, Volume string, ReadOnly bool, User string, Group string, Tenant string
core.RBDPersistentVolumeSource CephMonitors=monitors []string, RBDImage=image string, FSType=fsType string, RBDPool=pool string, RadosUser=user string, Keyring string, SecretRef *SecretReference, ReadOnly bool
core.RBDVolumeSource CephMonitors=monitors []string, RBDImage=image string, FSType=fsType string, RBDPool=pool string, RadosUser=user string, Keyring string, SecretRef *LocalObjectReference, ReadOnly bool
core.ResourceClaim Name string, Request string
core.ResourceFieldSelector ContainerName string, Resource string, Divisor resource.Quantity
core.ResourceList = map[ResourceName]resource.Quantity
core.ResourceRequirements Limits ResourceList, Requests ResourceList, Claims []ResourceClaim
core.SELinuxOptions User string, Role string, Type string, Level string
core.ScaleIOPersistentVolumeSource Gateway string, System string, SecretRef *SecretReference, SSLEnabled=sslEnabled bool, ProtectionDomain string, StoragePool string, StorageMode string, VolumeName string, FSType=fsType string, ReadOnly bool
core.ScaleIOVolumeSource Gateway string, System string, SecretRef *LocalObjectReference, SSLEnabled=sslEnabled bool, ProtectionDomain string, StoragePool string, StorageMode string, VolumeName string, FSType=fsType string, ReadOnly bool
core.ScopeSelector MatchExpressions []ScopedResourceSelectorRequirement
core.ScopedResourceSelectorRequirement ScopeName ResourceQuotaScope, Operator ScopeSelectorOperator, Values []string
core.SeccompProfile Type SeccompProfileType, LocalhostProfile *string
core.SecretEnvSource LocalObjectReference= LocalObjectReference, Optional *bool
core.SecretKeySelector LocalObjectReference= LocalObjectReference, Key string, Optional *bool
core.SecretProjection LocalObjectReference= LocalObjectReference, Items []KeyToPath, Optional *bool
core.SecretReference Name string, Namespace string
core.SecretVolumeSource SecretName string, Items []KeyToPath, DefaultMode *int32, Optional *bool
core.SecurityContext Capabilities *Capabilities, Privileged *bool, SELinuxOptions=seLinuxOptions *SELinuxOptions, WindowsOptions *WindowsSecurityContextOptions, RunAsUser *int64, RunAsGroup *int64, RunAsNonRoot *bool, ReadOnlyRootFilesystem *bool, AllowPrivilegeEscalation *bool, ProcMount *ProcMountType, SeccompProfile *SeccompProfile, AppArmorProfile *AppArmorProfile
core.ServiceAccountTokenProjection Audience string, ExpirationSeconds int64, Path string
core.ServicePort Name string, Protocol Protocol, AppProtocol *string, Port int32, TargetPort intstr.IntOrString, NodePort int32
core.SleepAction Seconds int64
core.StorageOSPersistentVolumeSource VolumeName string, VolumeNamespace string, FSType=fsType string, ReadOnly bool, SecretRef *ObjectReference
core.StorageOSVolumeSource VolumeName string, VolumeNamespace string, FSType=fsType string, ReadOnly bool, SecretRef *LocalObjectReference
core.Sysctl Name string, Value string
core.TCPSocketAction Port intstr.IntOrString, Host string
core.Taint Key string, Value string, Effect TaintEffect, TimeAdded *v1.Time
core.Toleration Key string, Operator TolerationOperator, Value string, Effect TaintEffect, TolerationSeconds *int64
core.TopologySpreadConstraint MaxSkew int32, TopologyKey string, WhenUnsatisfiable UnsatisfiableConstraintAction, LabelSelector *v1.LabelSelector, MinDomains *int32, NodeAffinityPolicy *NodeInclusionPolicy, NodeTaintsPolicy *NodeInclusionPolicy, MatchLabelKeys []string
core.TypedLocalObjectReference APIGroup=apiGroup *string, Kind string, Name string
core.TypedObjectReference APIGroup=apiGroup *string, Kind string, Name string, Namespace *string
core.Volume Name string, VolumeSource= VolumeSource
core.VolumeDevice Name string, DevicePath string
core.VolumeMount Name string, ReadOnly bool, RecursiveReadOnly *RecursiveReadOnlyMode, MountPath string, SubPath string, MountPropagation *MountPropagationMode, SubPathExpr string
core.VolumeNodeAffinity Required *NodeSelector
core.VolumeProjection Secret *SecretProjection, DownwardAPI *DownwardAPIProjection, ConfigMap *ConfigMapProjection, ServiceAccountToken *ServiceAccountTokenProjection, ClusterTrustBundle *ClusterTrustBundleProjection
core.VolumeResourceRequirements Limits ResourceList, Requests ResourceList
core.VolumeSource HostPath *HostPathVolumeSource, EmptyDir *EmptyDirVolumeSource, GCEPersistentDisk=gcePersistentDisk *GCEPersistentDiskVolumeSource, AWSElasticBlockStore=awsElasticBlockStore *AWSElasticBlockStoreVolumeSource, GitRepo *GitRepoVolumeSource, Secret *SecretVolumeSource, NFS=nfs *NFSVolumeSource, ISCSI=iscsi *ISCSIVolumeSource, Glusterfs *GlusterfsVolumeSource, PersistentVolumeClaim *PersistentVolumeClaimVolumeSource, RBD=rbd *RBDVolumeSource, Quobyte *QuobyteVolumeSource, FlexVolume *FlexVolumeSource, Cinder *CinderVolumeSource, CephFS=cephfs *CephFSVolumeSource, Flocker *FlockerVolumeSource, DownwardAPI *DownwardAPIVolumeSource, FC=fc *FCVolumeSource, AzureFile *AzureFileVolumeSource, ConfigMap *ConfigMapVolumeSource, VsphereVolume *VsphereVirtualDiskVolumeSource, AzureDisk *AzureDiskVolumeSource, PhotonPersistentDisk *PhotonPersistentDiskVolumeSource, Projected *ProjectedVolumeSource, PortworxVolume *PortworxVolumeSource, ScaleIO *ScaleIOVolumeSource, StorageOS=storageos *StorageOSVolumeSource, CSI=csi *CSIVolumeSource, Ephemeral *EphemeralVolumeSource, Image *ImageVolumeSource
core.VsphereVirtualDiskVolumeSource VolumePath string, FSType=fsType string, StoragePolicyName string, StoragePolicyID string
core.WeightedPodAffinityTerm Weight int32, PodAffinityTerm PodAffinityTerm
core.WindowsSecurityContextOptions GMSACredentialSpecName=gmsaCredentialSpecName *string, GMSACredentialSpec=gmsaCredentialSpec *string, RunAsUserName *string, HostProcess *bool
intstr.IntOrString Type Type, IntVal int32, StrVal string
intstr.Type = int64
resource.Quantity i int64Amount, d infDecAmount, s string, Format Format
resource.Scale = int32
resource.infDecAmount Dec *inf.Dec
resource.int64Amount value int64, scale Scale
v1.LabelSelector MatchLabels map[string]string, MatchExpressions []LabelSelectorRequirement
v1.LabelSelectorRequirement Key string, Operator LabelSelectorOperator, Values []string
v1.ManagedFieldsEntry Manager string, Operation ManagedFieldsOperationType, APIVersion=apiVersion string, Time *Time, FieldsType string, FieldsV1 *FieldsV1, Subresource string
v1.ObjectMeta Name string, GenerateName string, Namespace string, SelfLink string, UID=uid types.UID, ResourceVersion string, Generation int64, CreationTimestamp Time, DeletionTimestamp *Time, DeletionGracePeriodSeconds *int64, Labels map[string]string, Annotations map[string]string, OwnerReferences []OwnerReference, Finalizers []string, ManagedFields []ManagedFieldsEntry
v1.OwnerReference APIVersion=apiVersion string, Kind string, Name string, UID=uid types.UID, Controller *bool, BlockOwnerDeletion *bool
`;

export interface GoField {
  readonly name: string;
  /** '' for an embedded struct, whose fields stand in the object itself. */
  readonly json: string;
  readonly type: string;
}

const BASIC: ReadonlySet<string> = new Set(['string', 'bool', 'int32', 'int64', 'map']);

/** A type's name with its package: "[]Volume" in core is "[]core.Volume". */
const qualified = (type: string, owner: string): string => type.replaceAll(/(?<![\w.])\w+(?![\w.])/g, (word) => (BASIC.has(word) ? word : `${owner}.${word}`));

type Definition = readonly GoField[] | string;

function parse(line: string): [string, Definition] {
  const [name = '', ...words] = line.split(' ');
  const owner = name.slice(0, name.indexOf('.'));
  if (words[0] === '=') return [name, qualified(words[1] ?? '', owner)];
  const fields = words
    .join(' ')
    .split(', ')
    .map((text) => {
      const [label = '', type = ''] = text.split(' ');
      const [field = '', json = `${field.charAt(0).toLowerCase()}${field.slice(1)}`] = label.split('=');
      return { name: field, json, type: qualified(type, owner) };
    });
  return [name, fields];
}

let parsed: ReadonlyMap<string, Definition> | undefined;
// Read with the first error that prints a struct: most commands never come here.
const definitionOf = (type: string): Definition | undefined => (parsed ??= new Map(TABLE.trim().split('\n').map(parse))).get(type);

export type GoKind =
  | { readonly kind: 'bool' | 'int' | 'string' }
  | { readonly kind: 'pointer' | 'slice'; readonly item: string }
  | { readonly kind: 'map'; readonly key: string; readonly item: string }
  | { readonly kind: 'struct'; readonly fields: readonly GoField[] };

/** What a type is beneath its name. */
export function goKind(type: string): GoKind {
  if (type.startsWith('*')) return { kind: 'pointer', item: type.slice(1) };
  if (type.startsWith('[]')) return { kind: 'slice', item: type.slice(2) };
  const map = /^map\[(.+?)\](.+)$/.exec(type);
  if (map) return { kind: 'map', key: map[1] ?? '', item: map[2] ?? '' };
  if (type === 'bool') return { kind: 'bool' };
  if (type === 'int32' || type === 'int64') return { kind: 'int' };
  const definition = definitionOf(type);
  if (definition === undefined) return { kind: 'string' };
  return typeof definition === 'string' ? goKind(definition) : { kind: 'struct', fields: definition };
}
