/**
 * Uploads that wait for the scanner: their bytes and what is known of them in the scratch area, so that a restart loses none. What
 * waits is no blob: what turns out to be a virus leaves nothing behind.
 */
import type { Sha256 } from '../../ca/index.ts'
import { ExchangeError } from '../errors.ts'
import type { IntakeParts, UploadFinding, UploadPurpose } from './types.ts'
import type { WaitingCount } from './waiting_count.ts'

/** Five of the largest, or a few hundred usual ones, of one unit while the scanner is down. */
export const maxWaitingBytesOfUnit = 500 * 1024 * 1024
/** Of all units: what a small disk can spare. */
export const maxWaitingBytes = 4 * 1024 * 1024 * 1024
/** What stays free whatever waits: a journal that cannot write stops for good. */
const reserveBytes = 1024 * 1024 * 1024
/** A file is in the store's log, in a table, and in the one that takes its place. */
const copies = 3
/** Small files, each with its record. */
export const maxWaitingOfUnit = 500

/** One upload that waits. */
export interface Waiting {
  readonly unit: string
  readonly sha256: Sha256
  readonly purposes: readonly UploadPurpose[]
  readonly fileName: string
  readonly bytes: number
  /** RFC 3339. */
  readonly since: string
  /** What the other inspectors warned of. */
  readonly findings: readonly UploadFinding[]
  /** How often a scanner that answered failed over it; absent: never. */
  readonly failures?: number
}

export interface WaitingRoom {
  get(unit: string, file: Sha256): Promise<Waiting | undefined>
  /** Durable once it resolves. Throws `UPLOAD_WAITING_FULL`. */
  put(waiting: Waiting, bytes: Uint8Array): Promise<void>
  /** Writes its record anew; its bytes stay. */
  note(waiting: Waiting): Promise<void>
  /** Bytes of what waits; undefined where they are gone. */
  bytes(waiting: Waiting): Promise<Uint8Array | undefined>
  remove(waiting: Waiting): Promise<void>
  /** In order of their names. */
  list(): AsyncIterable<Waiting>
  count(unit?: string): Promise<WaitingCount>
}

const records = 'upload-waiting/'
const contents = 'upload-waiting-bytes/'
/** A machine that loses its power keeps what was answered. */
const durable: { readonly keyEncoding: 'utf8'; readonly sync: true } = {
  keyEncoding: 'utf8',
  sync: true,
}
const raw: { readonly valueEncoding: 'view'; readonly sync: true } = {
  valueEncoding: 'view',
  sync: true,
}

export function createWaitingRoom(
  { scratch, free }: Pick<IntakeParts, 'scratch' | 'free'>,
  limits = { ofUnit: maxWaitingBytesOfUnit, ofAll: maxWaitingBytes, files: maxWaitingOfUnit },
): WaitingRoom {
  const keyOf = ({ unit, sha256 }: Pick<Waiting, 'unit' | 'sha256'>): string => `${unit}/${sha256}`
  async function* list(unit = ''): AsyncGenerator<Waiting> {
    const from = `${records}${unit}`
    for await (const kept of scratch.values({ gt: from, lt: `${from}\uffff` })) {
      yield JSON.parse(kept) as Waiting
    }
  }
  const count = async (unit?: string): Promise<WaitingCount> => {
    let [files, bytes] = [0, 0]
    let since: string | undefined
    for await (const one of list(unit === undefined ? '' : `${unit}/`)) {
      files++
      bytes += one.bytes
      if (since === undefined || one.since < since) since = one.since
    }
    return { files, bytes, since }
  }
  return {
    list: () => list(),
    count,
    async get(unit, sha256) {
      const kept = await scratch.get(records + keyOf({ unit, sha256 }))
      return kept === undefined ? undefined : (JSON.parse(kept) as Waiting)
    },
    async put(waiting, bytes) {
      const [own, all] = [await count(waiting.unit), await count()]
      const isNew = (await scratch.get(records + keyOf(waiting))) === undefined
      const isFull =
        isNew &&
        (own.files >= limits.files ||
          own.bytes + bytes.length > limits.ofUnit ||
          all.bytes + bytes.length > limits.ofAll ||
          (await free()) < reserveBytes + copies * bytes.length)
      if (isFull) {
        throw new ExchangeError('UPLOAD_WAITING_FULL', 'too much waits for the virus check', {
          details: { files: own.files, bytes: own.bytes },
        })
      }
      await scratch.put<string, Uint8Array>(contents + keyOf(waiting), bytes, raw)
      // Crash here: bytes without a record, which the next upload of the same file writes over.
      await scratch.put(records + keyOf(waiting), JSON.stringify(waiting), durable)
    },
    note: (waiting) => scratch.put(records + keyOf(waiting), JSON.stringify(waiting), durable),
    bytes: (waiting) => scratch.get<string, Uint8Array>(contents + keyOf(waiting), raw),
    async remove(waiting) {
      await scratch.del(records + keyOf(waiting), durable)
      await scratch.del(contents + keyOf(waiting))
    },
  }
}
