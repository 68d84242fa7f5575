/** The port of what watches the network: who was heard of, how long answers took, and how that went in the last days. Types only. */
import type { Principal } from '../../exchange/index.ts'

/** An answer that went out. */
export interface Answered {
  /** Method and path of its row, such as `GET /documents/:id`; undefined where no row took it. */
  readonly route: string | undefined
  readonly status: number
  readonly ms: number
  readonly actor: Principal | undefined
}

/** What happened in a span of time. Plain data. */
export interface Bucket {
  /** Begin, RFC 3339. */
  readonly at: string
  readonly minutes: number
  /** Units that were heard of, by code: how many answers they had but for those to what an open page asks by itself, and the shortest round trip in milliseconds. */
  readonly units: Readonly<Record<string, readonly [answers: number, roundTripMs: number | null]>>
  readonly box: BoxFigures
}

/** Of the box itself. */
export interface BoxFigures {
  /** Answers of the span. */
  readonly answers: number
  /** 95 of 100 answers took no longer; null where there was none. */
  readonly slowMs: number | null
  /** At its end: bytes of the process, bytes free on the disk, entries of the journal, load of the machine. */
  readonly resident: number
  readonly free: number
  readonly entries: number
  readonly load: number
}

/** How a unit stands on the board. `here`: a page of it is open, or it was heard of a moment ago. */
export type UnitPresence = 'silent' | 'never' | 'seen' | 'today' | 'here'

export interface BoardUnit {
  readonly uscc: string
  readonly shortName: string
  readonly presence: UnitPresence
  readonly lastSeen: Date | undefined
  /** The shortest round trip of the last two hours. */
  readonly roundTripMs: number | undefined
  /** The end of the certificate to log in with that ends first; undefined where there is none that is live. */
  readonly certificateUntil: Date | undefined
}

export interface Watch {
  answered(one: Answered): void
  /** How long a message to an open page of theirs took, there and back. */
  roundTrip(actor: Principal, ms: number): void
  /** All units that are active. */
  board(): Promise<readonly BoardUnit[]>
  /** The last two days in spans of ten minutes, or the last five weeks in hours; the oldest first. */
  history(span: 'days' | 'weeks'): Promise<readonly Bucket[]>
  /** Figures for Prometheus, in its text format. */
  metrics(): Promise<{ readonly type: string; readonly text: string }>
}
