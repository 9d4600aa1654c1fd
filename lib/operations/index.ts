/**
 * Everything that the command line does with rollouts, as functions: for pipelines and programs that have no shell. Nothing here prints,
 * reads arguments or ends the process.
 *
 * Every function takes one request and, last, the {@link OperationClients} of an account and region; without them it works with the
 * environment that the program runs in. Requests are checked, and refused with a subclass of {@link Refused}.
 *
 * @example
 * import { start, watchExecution } from 'sluice/operations';
 *
 * const { executionArn } = await start({ function: 'checkout', alias: 'live', version: 'newest' });
 * for await (const { state, reason } of watchExecution(executionArn)) console.info(state, reason);
 *
 * @packageDocumentation
 */
export { AliasUnsettled } from '../aws/lambda/alias-unsettled.ts';
export type { Outcome } from '../rollout/contracts/ends.ts';
export type { Usage } from '../rollout/document/cost.ts';
export type {
  AnsweredApproval,
  ApprovalAnswer,
  MemberReport,
  Report,
} from '../rollout/document/record.ts';
export type { CostComparison, VersionCost } from '../rollout/evidence/version-cost.ts';
export type { DurationComparison, VersionDuration } from '../rollout/logs/durations-in-words.ts';
export type { Counts, VersionCounts } from '../rollout/observation.ts';
export type { PresetName } from '../rollout/policy/presets.ts';
export { type AdvancedMember, type AdvanceRequest, type AdvanceResult, advance } from './advance.ts';
export type { AliasRequest, RolloutRequest } from './alias-request.ts';
export { type ApprovalRequest, type ApprovalResult, approve, reject } from './approve.ts';
export { type ClientOptions, clientsFor, type OperationClients } from './clients.ts';
export {
  AliasAmbiguous,
  AliasNotFound,
  AlreadyAnswered,
  CannotAdvance,
  CannotRollBack,
  ControllerUnknown,
  ExecutionExists,
  ExecutionNotFound,
  InvalidRequest,
  MovedOn,
  NoRollout,
  NoRolloutUnderWay,
  NotWaiting,
  PolicyNotFound,
  Refused,
  type RefusedField,
  VersionNotFound,
} from './errors.ts';
export type { ExpectedPlace } from './expected-place.ts';
export { type HistoryRequest, type HistoryResult, history } from './history.ts';
export {
  type FunctionsRequest,
  type FunctionTag,
  type HoldRequest,
  type HoldResult,
  hold,
  type ResumeResult,
  resume,
} from './hold.ts';
export { type HtmlReportRequest, type HtmlReportResult, htmlReport } from './html-report.ts';
export type { GroupMember, OfGroup } from './of-group.ts';
export type {
  AdaptiveDocument,
  ApprovalMode,
  BatchesDocument,
  CanaryDocument,
  EvidenceDocument,
  HooksDocument,
  LatencyDocument,
  LogConditionDocument,
  LogSignalDocument,
  PolicyDocument,
  SignalDocument,
  StepDocument,
} from './policy-document.ts';
export type { Progress, ProgressRequest } from './progress.ts';
export {
  type AliasRolledBack,
  type MemberRolledBack,
  type NothingRolledBack,
  type RollbackAnswer,
  type RollbackRequest,
  type RollbackResult,
  type RolloutStopped,
  rollback,
} from './rollback.ts';
export type {
  AliasTraffic,
  MemberRecord,
  RolloutActivity,
  RolloutEvent,
  RolloutRecord,
  RolloutState,
  RolloutStep,
} from './rollout-record.ts';
export { type StartRequest, type StartResult, start } from './start.ts';
export { type EveryRolloutRequest, type MemberStatus, type RolloutStatus, status, statusOfAll } from './status.ts';
export type { StartedMember } from './versions-to-start.ts';
export { watch, watchExecution } from './watch.ts';
