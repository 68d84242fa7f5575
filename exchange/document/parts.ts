/** What the office's acts work with; wired in `appliance`. Types only. */
import type { Authority, Blobs, Clock, Journal, Random } from '../../ca/index.ts'
import type { Directory } from '../directory/directory.ts'
import type { Intake } from '../intake/types.ts'
import type { Fonts } from '../layout/index.ts'
import type { Marks } from '../seal/index.ts'
import type { StatementDesk } from '../statement/accept.ts'

export interface OfficeParts {
  readonly journal: Journal
  readonly blobs: Blobs
  readonly authority: Authority
  readonly clock: Clock
  readonly random: Random
  readonly directory: Directory
  readonly desk: StatementDesk
  readonly fonts: Fonts
  /** The visible marks of seals, drawn once an organ. */
  readonly marks: Marks
  /** Time-stamp token over a SHA-256, or undefined while time-stamping is down. */
  readonly stamp: (imprint: Uint8Array) => Promise<Uint8Array | undefined>
  /** Certificates of the OCSP responder and the time-stamping authority, which evidence names. */
  readonly services: readonly Uint8Array[]
  readonly uploadedBy: Intake['uploadedBy']
  /** IANA time zone of the box: dates of documents and years of series. */
  readonly zone: string
  readonly trial: boolean
}
