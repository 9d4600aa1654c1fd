import type { IConstruct } from 'constructs';
import { resolvedBelow } from './resolved.ts';

/**
 * Types that an account, or a region of it, has one of. The stack that deletes one takes it from everybody: without
 * `AWS::ApiGateway::Account`, every REST API of the region loses its execution logs.
 */
const accountWide: readonly RegExp[] = [
  /^AWS::ApiGateway::Account$/,
  /^AWS::CertificateManager::Account$/,
  /^AWS::Bedrock::EnforcedGuardrailConfiguration$/,
  /^AWS::CloudFormation::(HookDefaultVersion|HookTypeConfig|PublicTypeVersion|Publisher|ResourceDefaultVersion|TypeActivation)$/,
  /^AWS::CodeBuild::SourceCredential$/,
  /^AWS::Config::(ConfigurationRecorder|DeliveryChannel)$/,
  /^AWS::Detective::Graph$/,
  /^AWS::DevOpsGuru::/,
  /^AWS::EC2::(SnapshotBlockPublicAccess|VPCBlockPublicAccessOptions)$/,
  /^AWS::ECR::(PullThroughCacheRule|RegistryPolicy|RegistryScanningConfiguration|ReplicationConfiguration|SigningConfiguration)$/,
  /^AWS::Glue::(DataCatalogEncryptionSettings|IdentityCenterConfiguration)$/,
  /^AWS::GuardDuty::Detector$/,
  /^AWS::IAM::(OIDCProvider|SAMLProvider|ServiceLinkedRole)$/,
  /^AWS::InspectorV2::Filter$/,
  /^AWS::IoT::(AccountAuditConfiguration|EncryptionConfiguration|Logging)$/,
  /^AWS::LakeFormation::DataLakeSettings$/,
  /^AWS::Logs::AccountPolicy$/,
  /^AWS::Macie::Session$/,
  /^AWS::Oam::Sink$/,
  /^AWS::ObservabilityAdmin::/,
  /^AWS::Organizations::/,
  /^AWS::ResourceExplorer2::/,
  /^AWS::S3::(AccessGrantsInstance|StorageLens)$/,
  /^AWS::SES::VdmAttributes$/,
  /^AWS::SSM::ServiceSetting$/,
  /^AWS::SSO::/,
  /^AWS::SecurityHub::Hub$/,
  /^AWS::SecurityLake::DataLake$/,
  /^AWS::Shield::/,
  /^AWS::SupportApp::/,
  /^AWS::XRay::TransactionSearchConfig$/,
];

const advice: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Account': 'set cloudWatchRole: false on the RestApi',
};

/** The resources below a construct that the whole account shares, each with what to do. */
export const accountWideBelow = (scope: IConstruct): readonly string[] =>
  resolvedBelow(scope)
    .filter(({ type }) => accountWide.some((pattern) => pattern.test(type)))
    .map(
      ({ path, type }) =>
        `${path} is ${type}, which the whole account shares, and the end of this environment would take it from everybody; ${advice[type] ?? 'make it in a stack of the account'}`,
    );
