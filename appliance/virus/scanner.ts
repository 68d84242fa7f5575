/**
 * The virus scanner of a box: clamd, asked with bounds and not believed before it has found what every scanner finds. What it cannot
 * look through to the end is refused, never passed.
 */
import type { ScanFindingCode, Scanner, ScanResult } from '../../exchange/index.ts'
import type { Clamd } from './clamd.ts'
import { eicar } from './eicar.ts'

/** clamd's default has ten threads; two leave the processor to the box. */
const atOnce = 2
/** So long one answer to the test file counts. */
const trustedForMs = 30_000

/** How the scanner is; `engine` is what clamd says of itself, such as `ClamAV 1.4.6/27123/Wed Nov 25 08:00:00 2026`. */
export type ScannerState =
  | { readonly state: 'ready'; readonly engine: string }
  /** It runs, but has no signatures other than the box's own test. */
  | { readonly state: 'no-signatures'; readonly engine: string }
  | { readonly state: 'down'; readonly reason: string }

export interface BoxScanner extends Scanner {
  /** As last seen; asks again where that was long ago. */
  state(): Promise<ScannerState>
  /** Forgets what was last seen: the signatures have changed. */
  forget(): void
}

/** Names under which clamd reports what it could not look at (`AlertEncrypted`, `AlertExceedsMax` of clamd.conf(5)). */
const incomplete: readonly (readonly [RegExp, ScanFindingCode])[] = [
  [/^Heuristics\.Encrypted\./, 'ENCRYPTED_ARCHIVE'],
  [/^Heuristics\.Limits\.Exceeded/, 'SCAN_INCOMPLETE'],
]

export function createScanner(parts: {
  readonly clamd: Clamd
  /** Whether there are signatures besides the self-test's; a clamd that somebody else keeps is trusted to have some. */
  readonly hasSignatures: () => Promise<boolean>
  /** Milliseconds that only grow. */
  readonly monotonic?: () => number
}): BoxScanner {
  const { clamd, hasSignatures, monotonic = () => performance.now() } = parts
  const inTurn = createPlaces(atOnce)
  let seen: { readonly at: number; readonly state: Promise<ScannerState> } | undefined
  const look = async (): Promise<ScannerState> => {
    const version = await clamd.send('VERSION')
    if ('failure' in version) return { state: 'down', reason: version.failure }
    const engine = printable(version.answer)
    const test = resultOf(await clamd.instream(eicar()), engine)
    if (test.state === 'unavailable') return { state: 'down', reason: test.reason }
    if (test.state === 'clean') {
      return { state: 'down', reason: 'it does not find the test file that every scanner finds' }
    }
    return { state: (await hasSignatures()) ? 'ready' : 'no-signatures', engine }
  }
  const state = async (): Promise<ScannerState> => {
    if (seen === undefined || monotonic() - seen.at > trustedForMs) {
      seen = { at: monotonic(), state: look() }
    }
    const found = await seen.state
    // What is down is asked anew each time: it may be up again.
    if (found.state === 'down') seen = undefined
    return found
  }
  return {
    state,
    forget: () => {
      seen = undefined
    },
    scan: (bytes) =>
      inTurn(async () => {
        const now = await state()
        if (now.state === 'down') return { state: 'unavailable', reason: now.reason }
        if (now.state === 'no-signatures') {
          return { state: 'unavailable', reason: 'there are no virus signatures' }
        }
        const result = resultOf(await clamd.instream(bytes), now.engine)
        if (result.state !== 'unavailable') return result
        seen = undefined
        return { ...result, onFile: true }
      }),
  }
}

/** What an answer to `INSTREAM` means (clamd(8)): `stream: OK`, `stream: NAME FOUND`, `… ERROR`. Pure. */
export function resultOf(
  reply: { readonly answer: string } | { readonly failure: string },
  signatures: string,
): ScanResult {
  if ('failure' in reply) return { state: 'unavailable', reason: reply.failure }
  const { answer } = reply
  if (answer === 'stream: OK') return { state: 'clean', signatures }
  const found = /^stream: (.{1,300}) FOUND$/.exec(answer)
  if (found !== null) {
    const name = printable(found[1] ?? '').replace(/\.UNOFFICIAL$/, '')
    const code = incomplete.find(([form]) => form.test(name))?.[1] ?? 'VIRUS_FOUND'
    return { state: 'found', code, name, signatures }
  }
  if (/size limit exceeded/i.test(answer)) {
    return { state: 'found', code: 'SCAN_INCOMPLETE', name: 'StreamMaxLength', signatures }
  }
  return { state: 'unavailable', reason: printable(answer) }
}

/** What another process wrote, fit for a page, a log and the journal. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200)
}

/** So many at once, the rest in the order in which they came. */
function createPlaces(places: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let going = 0
  return async (work) => {
    // Who goes out hands its place on: `going` stays.
    if (going >= places) await new Promise<void>((go) => waiting.push(go))
    else going++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next !== undefined) next()
      else going--
    }
  }
}
