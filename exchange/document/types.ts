/**
 * The document and its stages (design 3): each stage's type contains the one before, so that the compiler refuses a wrong
 * order. These are views folded from the journal; titles and texts are in blobs named by hash.
 */
import type { Sha256 } from '../../ca/index.ts'

/** A number drawn at registration: `代字〔year〕number号` of a unit. */
export type DocumentNumber = {
  readonly series: string
  readonly year: number
  readonly number: number
}

/** An attachment as the record knows it; what it is called stands in the draft's blob, not in the journal. */
export type AttachmentFile = { readonly bytes: number; readonly sha256: Sha256 }

/** An attachment that travels beside the PDF, named by hash in what is sealed. */
export type Attachment = AttachmentFile & { readonly name: string; readonly fileName: string }

/** A binding act: who, when, and the statement with its signature as blobs. */
export type Binding = {
  readonly unit: string
  readonly seat: string
  readonly at: string
  readonly statement: Sha256
  readonly signature: Sha256
}

/** Where an issuer's seal goes on the rendered page, in points from the lower left. */
export type SealPlace = {
  readonly page: number
  readonly x: number
  readonly y: number
  readonly diameter: number
}

export type Seal = {
  readonly unit: string
  /** The seat that had it put there. */
  readonly by: string
  readonly at: string
  readonly certificate: Sha256
  /** PAdES baseline level reached; below B-LTA time-stamping was down, and a stamp comes later beside the file. */
  readonly level: 'B-B' | 'B-T' | 'B-LT' | 'B-LTA'
}

type Common = {
  readonly id: string
  /** `laid-out` from a draft by us, or `uploaded` as a finished PDF. */
  readonly form: 'laid-out' | 'uploaded'
  /** Unified social credit codes, the lead organ first. */
  readonly issuers: readonly string[]
  /** Canonical draft, or the uploaded PDF. */
  readonly draft: Sha256
  /** What the approval names: the approved form of the draft, or the uploaded PDF. */
  readonly approvedHash: Sha256
  /** Small canonical JSON: title, kind, names, urgency (see `DocumentHead`). */
  readonly head: Sha256
  readonly attachments: readonly AttachmentFile[]
  readonly main: readonly string[]
  readonly copies: readonly string[]
  readonly urgency: string | null
  readonly draftedAt: string
  /** The seat of the lead organ that handed it on. */
  readonly draftedBy: string
  readonly approvals: readonly Binding[]
}

export type Drafted = Common & { readonly stage: 'drafted' }
export type Approved = Common & { readonly stage: 'approved' }
export type Numbered = Common & {
  readonly stage: 'numbered'
  readonly number: DocumentNumber
  readonly numberedAt: string
  /** The seat of the lead organ that registered it. */
  readonly numberedBy: string
  /** Date of the document, YYYY-MM-DD in the box's zone. */
  readonly date: string
  /** The PDF before its next seal: rendered, or with the seals so far. */
  readonly file: Sha256
  readonly pages: number
  readonly places: readonly SealPlace[]
  readonly seals: readonly Seal[]
}
export type Sealed = Omit<Numbered, 'stage'> & { readonly stage: 'sealed' }
export type Dispatched = Omit<Numbered, 'stage'> & {
  readonly stage: 'dispatched'
  readonly dispatch: Binding
  /** RFC 3339, or null. */
  readonly deadline: string | null
  readonly dispatchIndex: number
}

export type DocumentRecord = Drafted | Approved | Numbered | Sealed | Dispatched
export type Stage = DocumentRecord['stage']

/** One recipient's copy. */
export type Copy = {
  readonly document: string
  readonly unit: string
  readonly as: 'main' | 'copy'
  readonly state: 'dispatched' | 'received' | 'receipted' | 'returned'
  readonly dispatchIndex: number
  readonly receivedAt: string | null
  /** The seat that opened it first. */
  readonly receivedBy: string | null
  /** Receipt or return. */
  readonly answer: Binding | null
}

/** How many recipients a dispatched document has, and how many have answered. */
export type Progress = {
  readonly of: number
  readonly receipted: number
  readonly returned: number
}

/** What a recipient sees before signing for it, and lists show. */
export type DocumentHead = {
  readonly title: string
  readonly kind: string
  readonly issuers: readonly string[]
  readonly urgency: string | null
}

export type TaskName = 'approve' | 'number' | 'seal' | 'dispatch' | 'sign-for'

/** What a unit has to do next. */
export type Task = {
  readonly task: TaskName
  readonly document: string
  readonly unit: string
  readonly since: string
  readonly deadline: string | null
  readonly urgency: string | null
}
