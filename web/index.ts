/** The public face of the web room: the two applications, what is better made before anybody comes, and the bundler. `appliance` gives them servers. */
export { createApp } from './app.ts'
export { WebError } from './errors.ts'
export { messages } from './messages.ts'
export type { MachineErrorCode } from './messages_machine.ts'
export type {
  BackupState,
  BoxCertificateName,
  DataFolderName,
  Health,
  HealthPart,
  JournalCopy,
  PresenceState,
  QueueState,
  ReportingLine,
  ReportingState,
  ScrubFinding,
  ScrubState,
  ScrubTries,
  VirusState,
  VolumeState,
} from './health/types.ts'
export { healthReport, worstOf, type HealthReport, type ReportedCheck } from './health/report.ts'
export type { HealthCode } from './health/check.ts'
export {
  noReporting,
  reportingSchema,
  type Alarm,
  type AlarmDesk,
  type PastAlarm,
  type Reporting,
  type Tried,
} from './health/alarm_desk.ts'
export type { StateDesk, StatedDay } from './health/stated.ts'
export type {
  Answered,
  BoardUnit,
  BoxFigures,
  Bucket,
  UnitPresence,
  Watch,
} from './health/watch.ts'
export type { BackupErrorCode } from './messages_backup.ts'
export {
  restoreParameters,
  type BackupBoard,
  type BackupBoardState,
  type BackupSchedule,
  type BackupWork,
  type RestoredFacts,
} from './backups.ts'
export type { UpgradeErrorCode } from './messages_upgrade.ts'
export type {
  LastUpgrade,
  StagedUpgrade,
  UpgradeDesk,
  UpgradeEnd,
  UpgradeState,
} from './upgrade.ts'
export { createPkiHandler } from './pki.ts'
export { inZone } from './view.ts'
export { ceremonyWords, minutesPage, type PrintedMinutes } from './pages/ceremony/minutes.ts'
export { madePages, type MadeFile } from './pages/made.ts'
export { runBundler } from './one_file/bundler.ts'
export { pageHashes, warmSigner, type PageHashes } from './pages/signer.ts'
export { verifierFile } from './pages/verifier.ts'
export { waitingPage, waitingPolicy, type WaitingState } from './pages/waiting.ts'
export type { BoxFacts, Limits, Log, Parts } from './types.ts'
export type {
  GivenFile,
  Installed,
  RefusedSignatures,
  SignatureRefusal,
  SignatureSet,
  VirusDesk,
  VirusReport,
} from './virus.ts'
