/** What a route is: one row of the one table. Types only. */
import type { Readable } from 'node:stream'
import type { Context } from 'koa'
import type { ZodType } from 'zod'
import type {
  Authority,
  Blobs,
  Clock,
  GuardedClock,
  Journal,
  Random,
  TimeStampAuthority,
} from '../ca/index.ts'
import type {
  Archive,
  BundleMaker,
  Directory,
  Intake,
  Office,
  OrderDesk,
  PagePictures,
  Previews,
  Principal,
  Reading,
  Role,
  ScratchDrafts,
  SealPictures,
  SearchIndex,
  SeenHeads,
  Sheets,
  StatementDesk,
} from '../exchange/index.ts'
import type { RosterShelf } from '../provisioning/index.ts'
import type { BackupBoard, RestoredFacts } from './backups.ts'
import type { Effects } from './effects.ts'
import type { EventHub } from './events.ts'
import type { Form } from './form.ts'
import type { Gate } from './gate.ts'
import type { Health, JournalCopy } from './health/types.ts'
import type { AlarmDesk } from './health/alarm_desk.ts'
import type { StateDesk } from './health/stated.ts'
import type { Watch } from './health/watch.ts'
import type { Room } from './room.ts'
import type { StampQuota } from './stamp_quota.ts'
import type { UpgradeDesk } from './upgrade.ts'
import type { View } from './view.ts'
import type { VirusDesk } from './virus.ts'

/** Who may: anyone at all, whoever holds a live certificate, a seat, any of the three administrators (`person`), or one of them. */
export type Who = 'anyone' | 'certified' | 'seat' | 'person' | Role

/** What pages and orders ask of the box's clock; `GuardedClock` says more. */
export type TimeDesk = Pick<
  GuardedClock,
  'now' | 'state' | 'timeSource' | 'hold' | 'confirmedAt' | 'offsetMs' | 'machine'
>

/** Everything the handlers work with, wired in `appliance`. */
export interface Parts {
  readonly journal: Journal
  readonly blobs: Blobs
  readonly authority: Authority
  readonly timeStamping: TimeStampAuthority
  readonly clock: Clock
  /** How certain the time is, for those who keep the box. */
  readonly time: TimeDesk
  readonly random: Random
  readonly directory: Directory
  readonly office: Office
  readonly reading: Reading
  /** Evidence sheets of reports that were made under this box's roots. */
  readonly sheets: Sheets
  /** Evidence bundles of documents. */
  readonly bundles: BundleMaker
  /** Drafts laid out before they are registered, also ones that were never saved. */
  readonly previews: Previews
  /** What the mark of an organ's seal looks like. */
  readonly sealPictures: SealPictures
  /** Pictures of pages; who may see which page is decided before. */
  readonly pictures: PagePictures
  readonly intake: Intake
  /** The scanner that uploads are shown to, and its signatures. */
  readonly virus: VirusDesk
  /** Drafts that are being typed. */
  readonly drafts: ScratchDrafts
  readonly search: SearchIndex
  readonly desk: StatementDesk
  /** Grave acts, which two officers order. */
  readonly orders: OrderDesk
  /** Evidence that lets what was signed outlive its certificates. */
  readonly archive: Archive
  /** Heads that signers signed last. */
  readonly seenHeads: SeenHeads
  /** Rosters that officers are about to sign for. */
  readonly rosters: RosterShelf
  /** How the box is now. */
  readonly health: () => Promise<Health>
  /** What stands out, and who is told. */
  readonly alarms: AlarmDesk
  /** What the box states of itself each day. */
  readonly stated: StateDesk
  /** Who was heard of, and how that went. */
  readonly watch: Watch
  readonly journalCopy: JournalCopy
  /** New versions of the image. */
  readonly upgrade: UpgradeDesk
  /** Backups, for the administrator. */
  readonly backups: BackupBoard
  /** What two officers must confirm before anybody can act; undefined of a box that was not restored just now. */
  readonly restored: () => RestoredFacts | undefined
  readonly box: BoxFacts
  readonly log: Log
  readonly limits?: Limits
}

/** Limits that a district or a test may set otherwise. */
export interface Limits {
  /** Refusals a minute and source, of acts that need no certificate. */
  readonly refusedPerMinute?: number
  /** Time-stamps a minute and source. */
  readonly stampsPerMinute?: number
  /** After how many seconds an EST client is to ask again while officers decide. */
  readonly estRetrySeconds?: number
  /** Bytes of uploads on their way in at once. */
  readonly uploadBytes?: number
  /** Bytes of large answers on their way out at once. */
  readonly answerBytes?: number
}

export interface BoxFacts {
  /** Identifier in every statement; also the origin of checkpoints. */
  readonly id: string
  readonly mode: 'trial' | 'production'
  readonly districtName: string
  readonly zone: string
  readonly version: string
  /** Where the pages are: `https://host:8443`. */
  readonly url: string
  /** Names of the box now, its own first. */
  readonly hostNames: readonly string[]
  /** What stands in certificates that are issued now: `http://host:8080`. */
  readonly pkiUrl: string
  /** DER certificate of the key that signs checkpoints. */
  readonly journalCertificate: Uint8Array
  /** A signed checkpoint of the journal's head now. */
  readonly checkpoint: () => Promise<string>
}

/** pino's two verbs that this room uses. */
export interface Log {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** What a handler gets: checked by the table before it runs. */
export interface Request<Body = unknown> {
  readonly parts: Parts
  readonly actor: Principal | undefined
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: Body
  /** What a form sent; empty where the row takes none. */
  readonly form: Form
  /** Language, theme and zone that a page is written with. */
  readonly view: View
  /** `Idempotency-Key`, on acts always there. */
  readonly once: string
  /** Room in memory for bodies that a handler reads by itself. */
  readonly room: Room
  /** Turns at having pages drawn. */
  readonly drawing: Gate
  /** Time-stamps that a source may have. */
  readonly stampQuota: StampQuota
  /** The streams of news of this server. */
  readonly hub: EventHub
  /** Whose connections are open, and how fast the last revocations took effect. */
  readonly effects: Effects
  /** Journals a refusal that is answered with a page of its own, as one that is thrown is. */
  readonly noteRefusal: (error: unknown) => Promise<void>
  readonly koa: Context
}

/** What a handler answers: JSON, bytes of a type, or where to look next (303). */
export type Answer =
  | { readonly status?: number; readonly json: unknown }
  | {
      readonly status?: number
      readonly type: string
      readonly bytes: Uint8Array | string
      /** Sent as a file to be kept under this name. */
      readonly fileName?: string
    }
  | { readonly redirect: string; readonly cookies?: readonly string[] }
  /** An open stream of events. */
  | { readonly events: Readable }
  /** A file that may be larger than memory. */
  | {
      readonly type: string
      readonly stream: Readable
      readonly length: number
      readonly fileName: string
    }

export interface Route {
  readonly method: 'GET' | 'POST'
  /** Path with `:name` parameters. */
  readonly path: string
  readonly who: Who
  /** One line for the description. */
  readonly summary: string
  /** Schema of a JSON body; a route without one reads no body, or a raw one by itself. */
  readonly body?: ZodType
  /** A form of a page: fields, or fields with files, for which room in memory is reserved. */
  readonly form?: 'fields' | 'files'
  readonly handle: (request: Request) => Promise<Answer>
}

/** A row of the table; ties the handler's body type to its schema. */
export function route<Body>(
  row: Omit<Route, 'handle' | 'body'> & {
    readonly body?: ZodType<Body>
    readonly handle: (request: Request<Body>) => Promise<Answer>
  },
): Route {
  return row as unknown as Route
}
