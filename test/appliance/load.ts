/**
 * A load of work on a box that may fail at any moment, a ledger of what the box answered, and the check that a box which came
 * back still has all of it, nothing half-done, and nothing twice.
 */
import { createHash, randomUUID, X509Certificate } from 'node:crypto'
import type { ExecutionContext } from 'ava'
import { fromBase64, toPem, type Sha256 } from '../../ca/index.ts'
import type { DocumentView } from '../../exchange/index.ts'
import { emptyMemory, type SignerMemory } from '../../exchange/unit/index.ts'
import { verifyFile } from '../../exchange/verify/index.ts'
import type { BoxProcess } from '../../appliance/demo/box_process.ts'
import { unitAtWork, type DemoBox, type DemoUnit } from '../../appliance/demo/district.ts'
import { createBoxClient, type BoxClient } from '../../appliance/unit/box_client.ts'
import { createProcessMemory, type UnitMemory } from '../../appliance/unit/memory.ts'
import { fetchRoot } from '../../appliance/unit/root.ts'
import { clerkClient, draftOf, enrolDistrict } from './in_process.ts'
import { inLanes } from './places.ts'

const stages = ['drafted', 'approved', 'numbered', 'sealed', 'dispatched'] as const

/** What the box answered of one document. */
export interface Known extends Request {
  readonly id: string
  stage: (typeof stages)[number]
  number?: number
  file?: Sha256
  /** Its recipient's signing for it was answered. */
  receipted: boolean
}

export interface Request {
  readonly issuer: DemoUnit
  readonly recipient: DemoUnit
  /** `Idempotency-Key`. */
  readonly once: string
  readonly draft: unknown
}

export interface Ledger {
  /** PEM. */
  readonly root: string
  readonly units: readonly DemoUnit[]
  readonly clients: ReadonlyMap<DemoUnit, BoxClient>
  readonly known: Known[]
  acts: number
  /** Requests whose answer the kill swallowed, and which the next round repeats. */
  readonly unanswered: Request[]
  /** What the signers of each unit remember now. */
  remembered(): readonly SignerMemory[]
  /** Has them remember what they did then. */
  remember(memories: readonly SignerMemory[]): Promise<void>
  close(): void
}

/** Enrols a district of `count` units at a new box, with an empty ledger. */
export async function openLedger(
  box: Pick<BoxProcess, 'url' | 'ready'>,
  count: number,
): Promise<Ledger> {
  const at = await introduce(box)
  const district = await enrolDistrict(at, box.ready.code ?? '', count)
  district.officer.client.close()
  const memories = district.units.map(() => createSeenMemory())
  const units = district.units.map(({ unit, enrolled }, which) =>
    unitAtWork(at, unit, { enrolled, memory: memories[which] ?? createProcessMemory() }),
  )
  const clients = new Map(units.map((unit) => [unit, clerkClient(at, unit)]))
  return {
    ...{ root: at.root, units, clients, known: [], unanswered: [], acts: 0 },
    remembered: () => memories.map((memory) => memory.seen()),
    remember: async (then) => {
      for (const [which, memory] of memories.entries()) {
        await memory.update((now) => Promise.resolve(then[which] ?? now))
      }
    },
    close: () => {
      for (const one of [...district.units, ...units, ...clients.values()]) one.close()
    },
  }
}

/** A memory in this process that can be looked at. */
function createSeenMemory(): UnitMemory & { seen(): SignerMemory } {
  const memory = createProcessMemory()
  let kept = emptyMemory
  return { seen: () => kept, update: async (next) => (kept = await memory.update(next)) }
}

/** How its clients know a box that was just made. */
export async function introduce(process: Pick<BoxProcess, 'url' | 'ready'>): Promise<DemoBox> {
  const { url, ready } = process
  const root = toPem('CERTIFICATE', await fetchRoot(url, ready.root))
  const client = createBoxClient({ url, root, identity: {} })
  const { box, journalCertificate } = await client.act<{ box: string; journalCertificate: string }>(
    '/api/v1/requests/acts/look-up',
    { code: ready.code },
  )
  client.close()
  return { url, root, id: box, journalCertificate: fromBase64(journalCertificate) }
}

/** The connection ended before or in the middle of an answer. */
export const isDown = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'BOX_UNREACHABLE' || error.code === 'ECONNRESET')

/**
 * Makes document after document until one act fails in a way that `ends` the work; notes what was answered, the moment it is.
 * Throws every other failure.
 */
export async function work(
  ledger: Ledger,
  lane: number,
  ends: (error: unknown) => boolean,
): Promise<void> {
  const { units } = ledger
  for (let at = lane; ; at++) {
    const issuer = units[at % units.length]
    const recipient = units[(at + 1) % units.length]
    if (issuer === undefined || recipient === undefined) throw new TypeError('no units')
    const request = {
      issuer,
      recipient,
      once: randomUUID(),
      draft: draftOf(issuer, [recipient], at % 7),
    }
    ledger.unanswered.push(request)
    try {
      const { id } = await draftOnce(ledger, request)
      ledger.unanswered.splice(ledger.unanswered.indexOf(request), 1)
      ledger.acts++
      const document: Known = { ...request, id, stage: 'drafted', receipted: false }
      ledger.known.push(document)
      await advance(document, ledger)
    } catch (error) {
      if (ends(error)) return
      throw error
    }
  }
}

function draftOnce(ledger: Ledger, { issuer, draft, once }: Request): Promise<DocumentView> {
  return clientOf(ledger, issuer).act('/api/v1/drafts/acts/hand-on', draft, once)
}

/** The unit's clerk, for requests of one's own. */
export function clientOf(ledger: Ledger, unit: DemoUnit): BoxClient {
  const client = ledger.clients.get(unit)
  if (client === undefined) throw new TypeError('no client of the unit')
  return client
}

/** All acts from where it is to its receipt. */
async function advance(document: Known, ledger: Ledger): Promise<void> {
  const { id, issuer, recipient } = document
  const acts = {
    drafted: () => issuer.leader.approve(id),
    approved: () => issuer.clerk.number(id),
    numbered: () => issuer.clerk.sealDocument(id),
    sealed: () => issuer.clerk.dispatch(id),
  }
  for (let { stage } = document; stage !== 'dispatched'; { stage } = document) {
    note(document, await acts[stage]())
    ledger.acts++
  }
  if (document.receipted) return
  await recipient.clerk.document(id)
  const { copy } = await recipient.clerk.signFor(id)
  document.receipted = copy?.answer != null
  ledger.acts++
}

function note(document: Known, { record }: DocumentView): void {
  if (record === undefined) throw new TypeError('its issuer sees it')
  document.stage = record.stage
  if ('number' in record) document.number = record.number.number
  if ('file' in record) document.file = record.file
}

/** After a restart: all that was answered is there; what was not is there wholly or not at all; then work goes on. */
export async function check(t: ExecutionContext, ledger: Ledger): Promise<void> {
  await inLanes(ledger.known, async (document) => {
    const view = await document.issuer.clerk.document(document.id)
    const { record } = view
    const now = stages.indexOf(record?.stage ?? 'drafted')
    t.true(now >= stages.indexOf(document.stage), `${document.id} fell back`)
    if (record !== undefined && document.number !== undefined && 'number' in record) {
      t.is(record.number.number, document.number, 'another number')
    }
    if (record !== undefined && 'file' in record) {
      const pdf = await document.issuer.clerk.pdf(document.id)
      t.is<string, string>(createHash('sha256').update(pdf).digest('hex'), record.file)
      if (document.stage === 'sealed' || document.stage === 'dispatched') {
        t.is(document.file, record.file)
      }
    }
    const copy = view.copies?.[0]
    if (document.receipted) t.is(copy?.state, 'receipted')
    if (copy?.answer != null) {
      const { statement, signature } = await document.issuer.clerk.receipt(view, copy.unit)
      t.true(statement.length > 0 && signature.length > 0)
    }
    note(document, view)
    document.receipted = copy?.answer != null
  })
  for (const unit of ledger.units) await checkUnit(t, ledger, unit)
  await repeat(t, ledger)
}

/** No number twice in a unit's register, no document without its blobs. */
async function checkUnit(t: ExecutionContext, ledger: Ledger, unit: DemoUnit): Promise<void> {
  const all = await outbox(clientOf(ledger, unit))
  const numbers = all.flatMap(({ record }) =>
    record !== undefined && 'number' in record ? [record.number.number] : [],
  )
  t.is(new Set(numbers).size, numbers.length, 'a number was drawn twice')
  for (const { id, record } of all) {
    const approved = record?.approvedHash
    if (approved !== undefined) await unit.clerk.file(id, approved)
  }
}

async function outbox(client: BoxClient): Promise<DocumentView[]> {
  const all: DocumentView[] = []
  let after = ''
  for (;;) {
    const page = await client.get<{ items: DocumentView[]; next?: string }>(
      `/api/v1/outbox?limit=200${after}`,
    )
    all.push(...page.items)
    if (page.next === undefined) return all
    after = `&after=${page.next}`
  }
}

/** Repeats requests that were answered and requests whose answer was lost: one document each, however often. */
async function repeat(t: ExecutionContext, ledger: Ledger): Promise<void> {
  for (const document of ledger.known.slice(-3)) {
    t.is(
      (await draftOnce(ledger, document)).id,
      document.id,
      'a repeated request made another document',
    )
  }
  for (const request of ledger.unanswered.splice(0)) {
    const before = await outbox(clientOf(ledger, request.issuer))
    const { id } = await draftOnce(ledger, request)
    t.is((await draftOnce(ledger, request)).id, id)
    const after = await outbox(clientOf(ledger, request.issuer))
    const wasThere = before.some((view) => view.id === id)
    t.is(after.length, before.length + (wasThere ? 0 : 1))
    ledger.known.push({ ...request, id, stage: 'drafted', receipted: false })
  }
  // What the kill interrupted is taken up where it stood.
  const open = ledger.known.filter(({ stage, receipted }) => stage !== 'dispatched' || !receipted)
  await inLanes(open, async (document) => {
    note(document, await document.issuer.clerk.document(document.id))
    await advance(document, ledger)
  })
}

/** In the end every document went its whole trip, and its file and receipt verify. */
export async function verifyAll(t: ExecutionContext, ledger: Ledger): Promise<void> {
  const trust = [new Uint8Array(new X509Certificate(ledger.root).raw)]
  await inLanes(ledger.known, async ({ id, issuer, recipient }) => {
    const view = await issuer.clerk.document(id)
    const bytes = await issuer.clerk.pdf(id)
    const sealed = await verifyFile({ name: `${id}.pdf`, bytes, trust, at: new Date() })
    t.is(sealed.verdict, 'TOTAL-PASSED')
    const { statement, signature } = await issuer.clerk.receipt(view, recipient.unit.uscc)
    const name = `${id}.receipt.json`
    const companions = { signature }
    const receipt = await verifyFile({ name, bytes: statement, companions, trust, at: new Date() })
    t.is(receipt.verdict, 'TOTAL-PASSED')
  })
}
