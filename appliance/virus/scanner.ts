/**
 * The virus scanner of a box: clamd, asked with bounds and not believed before it has found what every scanner finds. What it cannot
 * look through to the end is refused, never passed.
 */
import type { ScanFindingCode, Scanner, ScanResult } from '../../exchange/index.ts'
import type { Clamd, ClamdReply } from './clamd.ts'
import type { SignatureFolder } from './folder.ts'
import { createScanQueue, type ScanQueue } from './queue.ts'
import { eicarTest } from './self_test.ts'

/** So long one answer to the test file counts. */
const trustedForMs = 30_000
/** The test file is found at once, or not at all: whoever asks how the scanner is waits for it. */
const selfTestMs = 10_000
/** clamd that is told to read anew first waits half a minute for its threads, and then reads millions of lines. */
const loadingMs = 5 * 60_000
/** clamd forgets that it was told to read while it reads: it is told again. */
const tellAgainMs = 60_000

/** How the scanner is; `engine` is what clamd says of itself, such as `ClamAV 1.4.6/27123/Wed Nov 25 08:00:00 2026`. */
export type ScannerState =
  | { readonly state: 'ready'; readonly engine: string }
  /** It runs, but has no signatures other than the box's own test. */
  | { readonly state: 'no-signatures'; readonly engine: string }
  /** It was told to read its signatures anew a while ago, and has not done so yet. */
  | { readonly state: 'loading'; readonly reason: string }
  | { readonly state: 'down'; readonly reason: string }

export interface BoxScanner extends Scanner {
  /** As last seen; asks again where that was long ago. */
  state(): Promise<ScannerState>
  /** Has clamd read its signatures anew, and believes nothing from before; gives what clamd answered. */
  reload(): Promise<ClamdReply>
}

/** Names under which clamd reports what it could not look at (`AlertEncrypted`, `AlertExceedsMax` of clamd.conf(5)). */
const incomplete: readonly (readonly [RegExp, ScanFindingCode])[] = [
  [/^Heuristics\.Encrypted\./, 'ENCRYPTED_ARCHIVE'],
  [/^Heuristics\.Limits\.Exceeded/, 'SCAN_INCOMPLETE'],
]

export function createScanner(parts: {
  readonly clamd: Clamd
  /** The signatures that the box keeps; undefined where somebody else keeps the scanner's, and is trusted to have some. */
  readonly folder?: Pick<SignatureFolder, 'list' | 'selfTest'> | undefined
  readonly queue?: ScanQueue
  /** Milliseconds that only grow. */
  readonly monotonic?: () => number
}): BoxScanner {
  const { clamd, monotonic = () => performance.now() } = parts
  const { queue = createScanQueue() } = parts
  const loading = createLoading(parts, monotonic)
  let seen: { readonly at: number; readonly state: Promise<ScannerState> } | undefined
  const state = async (): Promise<ScannerState> => {
    if (seen === undefined || monotonic() - seen.at > trustedForMs) {
      seen = { at: monotonic(), state: look(parts, loading) }
    }
    const asked = seen
    const found = await asked.state
    // What cannot tell is asked anew each time: it may be up again.
    if ('reason' in found && seen === asked) seen = undefined
    return found
  }
  const scan = async (bytes: Uint8Array): Promise<ScanResult> => {
    const now = await state()
    if ('reason' in now) return { state: 'unavailable', reason: now.reason }
    if (now.state === 'no-signatures') {
      return { state: 'unavailable', reason: 'there are no virus signatures' }
    }
    const result = resultOf(await clamd.instream(bytes), now.engine)
    if (result.state !== 'unavailable') return result
    seen = undefined
    return { ...result, onFile: true }
  }
  return {
    state,
    async reload() {
      const reply = await loading.begin()
      seen = undefined
      return reply
    },
    scan: async (bytes, by) =>
      (await queue(by, () => scan(bytes))) ?? {
        state: 'unavailable',
        reason: 'the scanner has too much to look at',
      },
  }
}

type Asked = Pick<Parameters<typeof createScanner>[0], 'clamd' | 'folder'>

/** Whether clamd answers, finds the test file, and has read what lies in its folder. */
async function look({ clamd, folder }: Asked, loading: Loading): Promise<ScannerState> {
  const version = await clamd.send('VERSION')
  if ('failure' in version) return loading.orDown(version.failure)
  const engine = printable(version.answer)
  const test = folder === undefined ? eicarTest : await folder.selfTest().catch(() => undefined)
  if (test === undefined) return loading.orDown('the folder of signatures cannot be written')
  const tried = resultOf(await clamd.instream(test.bytes, selfTestMs), engine)
  if (tried.state === 'unavailable') return loading.orDown(tried.reason)
  const isFound = tried.state === 'found' && (test.name ?? tried.name) === tried.name
  if (!isFound) {
    if (folder === undefined)
      return loading.orDown('it does not find the test file that every scanner finds')
    await loading.remind()
    return loading.orDown('it has not read the signatures that lie in its folder')
  }
  loading.end()
  const has = folder === undefined || (await folder.list()).length > 0
  return { state: has ? 'ready' : 'no-signatures', engine }
}

interface Loading {
  /** Has clamd read its folder anew. */
  begin(): Promise<ClamdReply>
  /** Likewise, where it was last told a while ago. */
  remind(): Promise<void>
  end(): void
  /** That the scanner is down, or only reads. */
  orDown(reason: string): ScannerState
}

function createLoading({ clamd, folder }: Asked, monotonic: () => number): Loading {
  let since: number | undefined
  let toldAt = -Infinity
  const tell = async (): Promise<ClamdReply> => {
    toldAt = monotonic()
    // What it is to find lies there before it reads.
    await folder?.selfTest().catch(() => undefined)
    return clamd.send('RELOAD')
  }
  return {
    async begin() {
      since = monotonic()
      const reply = await tell()
      if ('failure' in reply) since = undefined
      return reply
    },
    async remind() {
      if (monotonic() - toldAt > tellAgainMs) await tell()
    },
    end: () => {
      since = undefined
    },
    orDown: (reason) => ({
      state: since !== undefined && monotonic() - since < loadingMs ? 'loading' : 'down',
      reason,
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
