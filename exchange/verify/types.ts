/** The report of offline verification, as `verify --json` prints it (design 6), and what a verification is asked with. */
import type { CryptoPorts } from '../../ca/path/index.ts'
import type { BundleScope } from './bundle/contents.ts'
import type { HeadsReport, KnownHeads } from './statement/heads.ts'
import type { Completeness } from './statement/receipts.ts'
import type { JudgedStatements } from './statement/statements.ts'
import type { ConformanceCode } from './report/conformance_words.ts'
import type { RevisionChange } from './report/change_words.ts'
import type { FindingCode, Severity } from './findings.ts'
import type { TimeAttestation } from './statement/witness.ts'

/** Main indications of EN 319 102-1 5.1.3. */
export type Verdict = 'TOTAL-PASSED' | 'TOTAL-FAILED' | 'INDETERMINATE'

/** Sub-indications of EN 319 102-1 5.1.3 that are given here; NO_SIGNATURE is our own. */
export type SubIndication =
  | 'FORMAT_FAILURE'
  | 'HASH_FAILURE'
  | 'SIG_CRYPTO_FAILURE'
  | 'REVOKED'
  | 'REVOKED_NO_POE'
  | 'NO_SIGNATURE'
  | 'NO_SIGNING_CERTIFICATE_FOUND'
  | 'NO_CERTIFICATE_CHAIN_FOUND'
  | 'CHAIN_CONSTRAINTS_FAILURE'
  | 'SIG_CONSTRAINTS_FAILURE'
  | 'CRYPTO_CONSTRAINTS_FAILURE'
  | 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE'
  | 'REVOKED_CA_NO_POE'
  | 'OUT_OF_BOUNDS_NO_POE'
  | 'NO_POE'
  | 'TIMESTAMP_ORDER_FAILURE'
  | 'TRY_LATER'

/** Does not depend on trust: authentic and nothing visible changed; authentic but changed since; not authentic or not well formed. */
export type Integrity = 'INTACT' | 'CHANGED' | 'BROKEN'

/** Baseline levels of EN 319 142-1 and EN 319 122-1. */
export type Level = 'B-B' | 'B-T' | 'B-LT' | 'B-LTA'

export interface Finding {
  readonly code: FindingCode
  readonly severity: Severity
  /** English, for people; `report_text.ts` has both languages. */
  readonly message: string
}

/** A clause of a profile that a file does not keep to; says nothing of trust and changes no verdict. */
export interface ConformanceNote {
  readonly code: ConformanceCode
  /** English, for people; `report_text.ts` has both languages. */
  readonly message: string
  /** Name of the signature's field; absent where it is about the file. */
  readonly field?: string
}

export interface TimeStampFact {
  /** RFC 3339, UTC. */
  readonly time: string
  readonly kind: 'signature' | 'document' | 'token'
}

export interface SignatureReport {
  /** Of an evidence bundle: path of the file in it that is signed. */
  readonly file?: string
  /** Name of the PDF field, or type of the statement; empty for a signature that cannot be reached. */
  readonly field: string
  /** Subject of the signing certificate (RFC 4514); empty if it is not known. */
  readonly signer: string
  /** null where not even B-B is reached. */
  readonly level: Level | null
  readonly verdict: Verdict
  readonly subIndication?: SubIndication
  readonly integrity: Integrity
  /** RFC 3339, UTC; null if none is claimed. Nobody but the signer vouches for it. */
  readonly claimedTime: string | null
  /** RFC 3339, UTC: by when the signature is proven to have existed (best signature time, EN 319 102-1 5.5.4); absent where nothing proves it. */
  readonly provenBy?: string
  /** Timestamps that hold, oldest first. */
  readonly timestamps: readonly TimeStampFact[]
  /** Who vouches for the time of a statement, and of a seal whose journal entry is at hand. */
  readonly time?: TimeAttestation
  readonly coversWholeRevision: boolean
  /** What later revisions brought, permitted or not, in English; `changesAfter` of `report_text.ts` has both languages. */
  readonly changesAfter: readonly string[]
  /** Of a PDF: index in the report's `revisions` of the one that it closes; absent if it closes none. */
  readonly revision?: number
  /** What the signature allows after it (ISO 32000-2 12.8.2.2): nothing, signing and forms, notes as well. */
  readonly docMdp?: 1 | 2 | 3
  /** Form fields that the signature locks (12.8.2.4). */
  readonly fieldMdp?: FieldLock
  /** Subjects from the signer to the root. */
  readonly chain: readonly string[]
  readonly findings: readonly Finding[]
}

/** Fields by full name; `Exclude` locks all but these. */
export interface FieldLock {
  readonly action: 'All' | 'Include' | 'Exclude'
  readonly fields: readonly string[]
}

/** One revision of a PDF (ISO 32000-1 7.5.6). */
export interface RevisionReport {
  /** From 0, the oldest. */
  readonly index: number
  /** Its bytes; `end` is exclusive. The file as it was then is all bytes up to `end`. */
  readonly start: number
  readonly end: number
  /** SHA-256 of its bytes, hexadecimal. */
  readonly sha256: string
  /** What it did to what was signed before; empty up to the first signature. */
  readonly changes: readonly RevisionChange[]
}

/** What an evidence record beside the file proves. */
export interface RenewalFact {
  /** RFC 3339, UTC: by then the file existed. */
  readonly time: string
  readonly kind: 'evidence-record'
  /** RFC 3339, UTC: by then the record is to be renewed; null where its certificate has no issuer. */
  readonly validUntil: string | null
}

export interface Report {
  readonly file: string
  /** RFC 3339, UTC: the moment of validation. */
  readonly at: string
  readonly verdict: Verdict
  readonly subIndication?: SubIndication
  readonly findings: readonly Finding[]
  /** Where the file leaves its profile (PAdES baseline), apart from trust. */
  readonly conformance: readonly ConformanceNote[]
  /** The issuing signature by itself. */
  readonly seal: { readonly verdict: Verdict }
  readonly signatures: readonly SignatureReport[]
  /** Of a PDF whose revisions can be told, oldest first. */
  readonly revisions?: readonly RevisionReport[]
  /** Evidence records beside the file that hold. */
  readonly renewals?: readonly RenewalFact[]
  /** Of an evidence bundle. */
  readonly bundle?: BundleReport
  /** Of several files whose journal heads were compared (`judgeHeads`). */
  readonly heads?: HeadsReport
  /** RFC 3339, UTC: the last second at which the same evidence gives the same verdict. */
  readonly validUntil?: string
}

/** What an evidence bundle holds, and what it shows of who signed for the document. */
export interface BundleReport {
  readonly box: string
  /** Identifier of the document. */
  readonly document: string
  /** SHA-256 of the sealed PDF; null before one is sealed. */
  readonly documentHash: string | null
  readonly scope: BundleScope
  /** The files that are signed or sealed, each with its own verdict. */
  readonly files: readonly BundleFile[]
  /** The head of the journal and what is proven under it; absent if the head is not signed by the journal's key. */
  readonly journal?: BundleJournal
  /** Who signed for it; absent where the bundle may not tell, or the document was not dispatched. */
  readonly completeness?: BundleCompleteness
  /** What the units are called, as the box has it. */
  readonly units: Readonly<Record<string, string>>
}

export interface BundleFile {
  readonly file: string
  readonly verdict: Verdict
  readonly subIndication?: SubIndication
  readonly findings: readonly Finding[]
}

export interface BundleJournal {
  readonly size: number
  /** Base64. */
  readonly root: string
  /** Entries about the document that are proven to stand in this journal. */
  readonly entries: number
  /** Heads that signers saw and that this journal is proven to continue. */
  readonly heads: number
}

export interface BundleCompleteness extends Completeness {
  /** Whether the journal's key signed that there is no other answer up to its head, and every answer there is proven and at hand. */
  readonly proven: boolean
}

/** A report before `verifyFile` adds what all have: the moment of validation, and no conformance notes where none are made. */
export type FileReport = Omit<Report, 'at' | 'conformance'> & Partial<Pick<Report, 'conformance'>>

/** What stands beside a file. */
export interface Companions {
  /** Detached CMS of a statement, DER: `X.json.p7s` beside `X.json`. */
  readonly signature?: Uint8Array
  /** Files that lie beside a sealed PDF, compared with those it names. Absent: not compared. */
  readonly attachments?: readonly { readonly fileName: string; readonly bytes: Uint8Array }[]
  /** The draft the file is said to be made from. */
  readonly draft?: CompanionDraft
  /** What a lone time-stamp token stamps. */
  readonly stamped?: Uint8Array
  /** Certificates, CRLs and OCSP answers besides those inside, DER. */
  readonly certificates?: readonly Uint8Array[]
  readonly crls?: readonly Uint8Array[]
  readonly ocspResponses?: readonly Uint8Array[]
  /** Dispatch statements that a receipt may be for: their bytes. Absent: not compared. */
  readonly dispatches?: readonly Uint8Array[]
  /** Evidence records of the file, DER (RFC 4998): `X.ers` beside `X`. */
  readonly evidenceRecords?: readonly Uint8Array[]
}

/** A draft to be compared with a sealed PDF. */
export interface CompanionDraft {
  /** SHA-256 (hexadecimal) of its approved form, compared with the one that the PDF names. */
  readonly hash: string
  /**
   * Lays it out with the number (as painted) and the day (ISO) that the PDF states; where given, the bytes must be those that were
   * sealed (design 3: rendering is deterministic). undefined where it cannot be laid out.
   */
  readonly layOut?: (stated: {
    readonly number: string | undefined
    readonly date: string | undefined
  }) => Promise<Uint8Array | undefined>
}

export interface VerifyRequest {
  /** As it shall stand in the report. */
  readonly name: string
  readonly bytes: Uint8Array
  /** DER root certificates. */
  readonly trust: readonly Uint8Array[]
  /** The moment of validation. */
  readonly at: Date
  readonly companions?: Companions
  /** Statements of compromise, as `judgeStatements` gives them for these roots. */
  readonly statements?: JudgedStatements
  /** What comparing heads gave (`compareHeads`): places of statements in the journal, and witnesses. */
  readonly heads?: KnownHeads
  /** WebCrypto by default. */
  readonly ports?: CryptoPorts
}
