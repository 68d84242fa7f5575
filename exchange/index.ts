/** The public face of official documents: the document's life, statements, layout, search. Judging is `exchange/verify`. */
export type { Sha256 } from '../ca/index.ts'
export { can, sees, unitOf } from './access.ts'
export { createDirectory, type Directory } from './directory/directory.ts'
export { directoryFolds } from './directory/folds.ts'
export * from './directory/types.ts'
export { concernedUnits } from './document/concerned.ts'
export { documentFolds } from './document/folds.ts'
export { lastNumbersAbove, restoredFolds, type RestoredNumber } from './document/restored.ts'
export { evidenceFor } from './document/evidence.ts'
export { batchesOf, startIndexer, type Indexer, type IndexerParts } from './document/indexer.ts'
export { createOffice, type Office } from './document/office.ts'
export type { OfficeParts } from './document/parts.ts'
export { maxCounted, maxShown, type Desk, type DeskCounts, type TaskRow } from './document/desk.ts'
export { createHeads, type Heads } from './document/heads.ts'
export { historyOf, receiptMap, type HistoryStep } from './document/history.ts'
export { nextStep, taskDuties, type NextStep } from './document/next_step.ts'
export {
  createReading,
  type DispatchedView,
  type DocumentView,
  type Listed,
  type Page,
  type Reading,
  type UnitTask,
} from './document/read.ts'
export * from './bundle/index.ts'
export { aboutFolds } from './document/about.ts'
export { createPreviews, type Previews } from './document/preview.ts'
export type { DocumentRow } from './document/rows.ts'
export type { ShownPdf } from './document/shown_pdf.ts'
export {
  countSignedBy,
  isSignedByCursor,
  signedBy,
  signedByFolds,
  signedTypes,
  signingCertificateOf,
  type SignedAct,
  type SignedByAsked,
  type SignedByPage,
} from './document/signed_by.ts'
export { documentActs, type DocumentAct, type ToSign } from './document/to_sign.ts'
export type * from './document/types.ts'
export { createVerdicts, type Verdicts } from './document/verdict.ts'
export * from './renewal/index.ts'
export { ExchangeError, type ExchangeErrorCode } from './errors.ts'
export { createInspectors } from './intake/inspectors.ts'
export { uploadWordsOf, type UploadCode } from './intake/words.ts'
export { inspectPdf, pdfLimits, type PdfFinding, type PdfInspection } from './pdf/index.ts'
export { createIntake } from './intake/intake.ts'
export type { Decided, Intake, Inspector, Scratch, Upload, UploadLook } from './intake/types.ts'
export type { Scanner, ScanFindingCode, ScanFor, ScanResult } from './intake/scanner.ts'
export type { WaitingCount } from './intake/waiting_count.ts'
export { evidenceSheet } from './sheet/evidence_sheet.ts'
export { createSheets, rootFacts, type Sheets } from './sheet/sheets.ts'
export {
  bindingIn,
  createStatementDesk,
  type SignedStatement,
  type StatementBinding,
  type StatementDesk,
} from './statement/accept.ts'
export * from './order/acts.ts'
export { orderNames } from './order/names.ts'
export {
  createOrderDesk,
  type CountersignInput,
  type GraveAct,
  type GraveActs,
  type Ordered,
  type OrderDesk,
  type PreparedAct,
  type WholeOrder,
} from './order/desk.ts'
export {
  graveOrderFolds,
  type OrderCountersigned,
  type OrderProposed,
  type OrderRecord,
  type OrderSignature,
} from './order/folds.ts'
export {
  compromiseFolds,
  stateCompromise,
  type CompromiseStated,
} from './order/state_compromise.ts'
export {
  createDrill,
  type Drill,
  type DrillAct,
  type DrillCertificate,
  type DrillDocument,
  type DrillReport,
  type DrillService,
} from './order/drill.ts'
export { revokeService } from './order/revoke_service.ts'
export { knownOf, replacedAt } from './order/known.ts'
export {
  statedFile,
  statedFileName,
  statedFiles,
  type StatedFile,
  type StatedOrder,
} from './order/stated_files.ts'
export { readOrderStatement } from './order/read.ts'
export { orderFolds, readOrder } from './statement/orders.ts'
export {
  releaseByOrder,
  requireOthers,
  revokeByOrder,
  type ReleaseInput,
  type RevokeInput,
} from './statement/revoke.ts'
export { createSeenHeads, type SeenHeads } from './statement/seen_heads.ts'
export { statementAttributes } from './statement/sign.ts'
export * from './statement/types.ts'
export { checkDraft, isAcceptable } from './draft/lint.ts'
export { draftFromText } from './draft/from_text.ts'
export {
  createScratchDrafts,
  type DraftForm,
  type ScratchDraft,
  type ScratchDrafts,
} from './draft/scratch_drafts.ts'
export { blocksFromText, recipientsFromText, textFromBlocks } from './draft/typed_text.ts'
export { dayIn } from './draft/date.ts'
export { bodyTexts, documentKinds, directions, urgencies, type Draft } from './draft/schema.ts'
export { draftHash } from './draft/canonical.ts'
export { paintNumber, parseDocumentNumber } from './draft/number.ts'
export { layoutDraft, loadFonts, markOutlines, type Fonts, type LaidOut } from './layout/index.ts'
export * from './picture/index.ts'
export {
  createPdfTextReader,
  createSearchIndex,
  parseQuery,
  type QueryProblem,
  type SearchIndex,
} from './search/index.ts'
export {
  createMarks,
  createSealPictures,
  maxPictureBytes,
  readUnitPicture,
  type MarkPicture,
  type SealPicture,
  type SealPictures,
} from './seal/index.ts'
