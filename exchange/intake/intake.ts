/**
 * Uploads: a small state machine, receiving -> inspecting -> scanning -> accepted | waiting | refused, with a list of inspectors
 * (structure, active and hidden content, classified mark; OCR will join the list) and then the virus scanner. Only what all of them
 * let through becomes a blob; who uploaded it is noted in the scratch area until a draft names it. While the scanner cannot tell, a
 * file waits there and can be in no document; a box without a scanner says of each file that it was not scanned.
 */
import { sha256Hex } from '../../ca/index.ts'
import { createTurns } from '../turns.ts'
import { createDeciding, isRefusal, scanFinding, told, waits } from './decide.ts'
import { createShelf } from './shelf.ts'
import { sweep } from './sweep.ts'
import type {
  Inspector,
  Intake,
  IntakeParts,
  UploadFinding,
  UploadPurpose,
  UploadState,
  VirusCheck,
} from './types.ts'
import { createWaitingRoom, type Waiting } from './waiting.ts'

async function inspect(
  inspectors: readonly Inspector[],
  file: { readonly purpose: UploadPurpose; readonly bytes: Uint8Array; readonly fileName: string },
): Promise<UploadFinding[]> {
  const findings: UploadFinding[] = []
  for (const inspector of inspectors) {
    if (!inspector.purposes.includes(file.purpose)) continue
    const found = await inspector.inspect(file)
    findings.push(...found.map((finding) => told(inspector.name, finding)))
    // A file that an inspector refuses is not shown to the next: a parser bomb stays with the first.
    if (findings.some(isRefusal)) break
  }
  return findings
}

export function createIntake(parts: IntakeParts): Intake {
  const { scratch, clock, inspectors, scanner } = parts
  const room = createWaitingRoom(parts)
  const shelf = createShelf(scratch)
  const inTurn = createTurns()
  const { keep, decide, scanKept } = createDeciding({ ...parts, room, shelf })
  const now = (): string => clock.now().toISOString()

  return {
    isScanned: scanner !== undefined,
    waiting: () => room.count(),
    async take({ unit, purpose, fileName, bytes }) {
      const findings = await inspect(inspectors, { purpose, bytes, fileName })
      const sha256 = sha256Hex(bytes)
      const at = now()
      const made = (state: UploadState, virusCheck: VirusCheck, more: UploadFinding[] = []) => ({
        ...{ state, sha256, bytes: bytes.length, fileName, virusCheck, at },
        findings: [...findings, ...more],
      })
      if (findings.some(isRefusal)) return made('refused', { state: 'not-scanned' })
      const result = await scanner?.scan(bytes, { unit })
      return inTurn(`${unit}/${sha256}`, async () => {
        const kept = await shelf.get(unit, sha256)
        const waited = await room.get(unit, sha256)
        const before = [kept, waited].flatMap((one) => one?.purposes ?? [])
        const purposes = [...new Set([...before, purpose])]
        const file = { unit, sha256, purposes }
        if (result === undefined) {
          await keep(file, bytes)
          return made('accepted', { state: 'not-scanned' })
        }
        const waiting: Waiting = { ...file, fileName, bytes: bytes.length, since: at, findings }
        if (result.state === 'unavailable') {
          // The same octets were let through before.
          if (kept?.scanned !== undefined) {
            await shelf.put(file, { ...kept, purposes })
            return made('accepted', { state: 'clean', ...kept.scanned })
          }
          await room.put(waiting, bytes)
          return made('waiting', { state: 'waiting' })
        }
        if (result.state === 'found') {
          // Whatever was kept of it under older signatures is no upload any more.
          await decide(waiting, bytes, result)
          return made('refused', { state: 'refused' }, [scanFinding(result)])
        }
        await decide(waiting, bytes, result)
        return made('accepted', { state: 'clean', signatures: result.signatures, at })
      })
    },
    async uploadedBy(unit, file) {
      const kept = await shelf.get(unit, file)
      if (kept !== undefined)
        return inTurn(`${unit}/${file}`, () => scanKept({ unit, sha256: file }, kept))
      if ((await room.get(unit, file)) !== undefined) throw waits(file)
      return undefined
    },
    async look(unit, file) {
      const refused = await shelf.refused(unit, file)
      if (refused !== undefined) return { state: 'refused', ...refused }
      const waiting = await room.get(unit, file)
      if (waiting !== undefined) return { state: 'waiting', findings: [], at: waiting.since }
      const kept = await shelf.get(unit, file)
      if (kept === undefined) return undefined
      const isOpen = scanner !== undefined && kept.scanned === undefined
      return { state: isOpen ? 'waiting' : 'accepted', findings: [] }
    },
    scanWaiting: async (tell = () => Promise.resolve()) =>
      scanner === undefined ? [] : sweep({ room, scanner, inTurn, decide, tell }),
  }
}
