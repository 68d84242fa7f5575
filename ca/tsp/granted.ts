/**
 * What the journal says of time-stamp tokens: every token that is handed out stands in it before, by serial number and hash, so
 * that after a compromise of the key the genuine ones can be told from forged ones. Those of a moment become one entry.
 */
import { toHex } from '../bytes.ts'
import type {
  Actor,
  Entry,
  EntryDraft,
  Fold,
  Journal,
  JsonObject,
  Views,
} from '../journal/types.ts'

/** Data of `timestamps.granted`. */
export interface TimeStampsGranted extends JsonObject {
  /** SHA-256 of the certificate that signed them. */
  readonly certificate: string
  /** Serial number and SHA-256 of each token (the CMS ContentInfo, DER), in hexadecimal. */
  readonly tokens: readonly (readonly [serial: string, token: string])[]
}

/** 105 characters each: an entry has 64 KiB. */
const maxTokensOfEntry = 500

/** While tokens come in numbers, the others of a moment are waited for: a commit costs more than stamping ten. */
const lingerMs = 1

/** A token about to be handed out. */
export interface GrantedToken {
  readonly certificate: string
  /** Magnitude octets. */
  readonly serial: Uint8Array
  /** SHA-256 in hexadecimal. */
  readonly sha256: string
}

/** Resolves once the token stands in the journal; throws what `Journal.commit` throws. */
export type RecordToken = (token: GrantedToken) => Promise<void>

interface Waiting {
  readonly token: GrantedToken
  readonly done: () => void
  readonly fail: (error: unknown) => void
}

/** Records tokens in a journal, those of a moment together. */
export function createTokenRecorder(options: {
  readonly journal: Pick<Journal, 'commit'>
  readonly actor: Actor
}): RecordToken {
  const { journal, actor } = options
  let waiting: Waiting[] = []
  let isWriting = false
  /** Tokens that wait or are on their way to the disk, and how many there were of late. */
  let open = 0
  let peak = 0
  let together = (): void => undefined

  /** Half of those that come at once: while they are on their way to the disk the others are stamped. */
  const enough = (): boolean => waiting.length >= peak / 2

  /** Until enough are there, or the moment is over. */
  const linger = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, lingerMs)
      together = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      if (!enough()) await linger()
      const batch = waiting
      waiting = []
      try {
        await journal.commit({ entries: entriesOf(batch, actor) })
        for (const { done } of batch) done()
      } catch (error) {
        for (const { fail } of batch) fail(error)
      }
      peak = Math.max(open, Math.floor(peak * 0.9))
      open -= batch.length
    }
    isWriting = false
  }

  return (token) =>
    new Promise((done, fail) => {
      waiting.push({ token, done, fail })
      open += 1
      peak = Math.max(peak, open)
      if (enough()) together()
      if (isWriting) return
      isWriting = true
      // The turn is over once all who came with this request are there.
      setImmediate(() => void write())
    })
}

function entriesOf(batch: readonly Waiting[], actor: Actor): EntryDraft[] {
  const byCertificate = Map.groupBy(batch, ({ token }) => token.certificate)
  return [...byCertificate].flatMap(([certificate, waiting]) => {
    const entries: EntryDraft[] = []
    for (let at = 0; at < waiting.length; at += maxTokensOfEntry) {
      const tokens = waiting
        .slice(at, at + maxTokensOfEntry)
        .map(({ token }) => [toHex(token.serial), token.sha256] as const)
      const data: TimeStampsGranted = { certificate, tokens }
      entries.push({ type: 'timestamps.granted', actor, subject: 'time-stamps', data })
    }
    return entries
  })
}

const indexDigits = 12
const prefixOf = (certificate: string): string => `ca/time-stamps/${certificate}/`

/** Which entries hold the tokens of a certificate; the tokens themselves stay in the entries. */
export const timeStampsGranted: Fold = {
  type: 'timestamps.granted',
  reads: () => [],
  apply(entry) {
    const { certificate, tokens } = entry.data as TimeStampsGranted
    const key = `${prefixOf(certificate)}${String(entry.index).padStart(indexDigits, '0')}`
    return [{ key, value: tokens.length }]
  },
}

/** The entries of tokens that a certificate (SHA-256) signed, oldest first: the statement of its serial numbers. */
export async function* tokensOf(
  journal: Pick<Journal, 'views' | 'entry'>,
  certificate: string,
): AsyncGenerator<{ readonly entry: Entry; readonly tokens: TimeStampsGranted['tokens'] }> {
  const prefix = prefixOf(certificate)
  for await (const { key } of journal.views.scan(prefix)) {
    const entry = await journal.entry(Number(key.slice(prefix.length)))
    if (entry) yield { entry, tokens: (entry.data as TimeStampsGranted).tokens }
  }
}

/** Entries of tokens that are counted before it is said that there are more. */
const maxCountedEntries = 10_000

/** How many tokens a certificate (SHA-256) signed, as far as the bound lets. */
export async function countTokens(
  views: Views,
  certificate: string,
): Promise<{ readonly count: number; readonly hasMore: boolean }> {
  let count = 0
  let entries = 0
  for await (const { value } of views.scan(prefixOf(certificate), {
    limit: maxCountedEntries + 1,
  })) {
    if (++entries > maxCountedEntries) return { count, hasMore: true }
    count += value as number
  }
  return { count, hasMore: false }
}

/** A page of the entries that hold a certificate's tokens, the newest first, from before the entry `before` on. */
export async function grantedPage(
  views: Views,
  of: { readonly certificate: string; readonly limit: number; readonly before?: number },
): Promise<{
  readonly items: readonly { readonly index: number; readonly tokens: number }[]
  readonly hasMore: boolean
}> {
  const { certificate, limit, before } = of
  const prefix = prefixOf(certificate)
  const after =
    before === undefined ? {} : { after: `${prefix}${String(before).padStart(indexDigits, '0')}` }
  const items: { index: number; tokens: number }[] = []
  for await (const { key, value } of views.scan(prefix, {
    reverse: true,
    limit: limit + 1,
    ...after,
  })) {
    items.push({ index: Number(key.slice(prefix.length)), tokens: value as number })
  }
  return { items: items.slice(0, limit), hasMore: items.length > limit }
}
