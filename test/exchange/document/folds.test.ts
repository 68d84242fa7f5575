/**
 * Random acts by random units on random documents against a small model: what is done and what is refused, stages, tasks,
 * inboxes, outboxes and copies, and at the end the views made anew from the journal alone. Statements and seals are stubs here:
 * `test/web/` signs and seals.
 */
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { openJournal, sha256Hex, type Clock, type Json, type Sha256 } from '../../../ca/index.ts'
import { rebuildViews } from '../../../ca/journal/index.ts'
import { createDirectory } from '../../../exchange/directory/directory.ts'
import { directoryFolds } from '../../../exchange/directory/folds.ts'
import type { Principal } from '../../../exchange/directory/types.ts'
import { createDesk, type DeskReader } from '../../../exchange/document/desk.ts'
import { documentFolds } from '../../../exchange/document/folds.ts'
import { createHeads } from '../../../exchange/document/heads.ts'
import { createOffice } from '../../../exchange/document/office.ts'
import type { OfficeParts } from '../../../exchange/document/parts.ts'
import type { Copy, DocumentRecord, Numbered } from '../../../exchange/document/types.ts'
import { ExchangeError } from '../../../exchange/errors.ts'
import { keys } from '../../../exchange/keyspace.ts'
import { modelDistrict } from '../../../provisioning/index.ts'
import {
  collect,
  dump,
  memoryFiles,
  openStore,
  seededRandom,
  steppingClock,
  temporaryFolder,
} from '../../ca/journal/places.ts'
import { plainPdf } from '../../web/trip.ts'
import {
  does,
  drafted,
  isAwaited,
  progressOf,
  stages,
  tasksOf,
  type Act,
  type ModelDocument,
} from './model.ts'

const full = process.env['SEALBOX_TEST_FULL'] === '1'
/** Lives of up to 80 acts: 30, or 500 in the full count; seed 20120416. */
const numRuns = full ? 500 : 30
const seed = 20120416

const district = modelDistrict.slice(0, 4)
const uscc = (unit: number): string => district[unit]?.uscc ?? ''
const seat = (unit: number): Principal => ({
  kind: 'seat',
  holder: `seat:${uscc(unit)}/all`,
  certificate: '0'.repeat(64) as Sha256,
  unit: uscc(unit),
  seat: 'all',
  duties: ['draft', 'check', 'approve', 'seal', 'sign-for', 'file'],
})

const acts = ['approve', 'number', 'seal', 'dispatch', 'receive', 'sign-for', 'return'] as const
const command = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('draft' as const),
      issuers: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 1, maxLength: 2 }),
      others: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 1 }),
    }),
  },
  // What there is to do next, so that lives come to their end,
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constant('next' as const),
      document: fc.nat(3),
      pick: fc.nat(5),
    }),
  },
  // and anything at all by anyone, most of which is refused.
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constantFrom<Act>(...acts),
      document: fc.nat(3),
      unit: fc.nat(3),
    }),
  },
)

type Command = typeof command extends fc.Arbitrary<infer T> ? T : never

async function openWorld(t: ExecutionContext, pdf: Uint8Array) {
  const files = memoryFiles()
  const store = await openStore(join(await temporaryFolder(t), 'views'))
  const storage = { files, store, folds: [...directoryFolds, ...documentFolds], foldsVersion: 1 }
  const [clock, random] = [steppingClock(), seededRandom(seed)]
  const journal = await openJournal({ ...storage, clock, random })
  const blobs = new Map<string, Uint8Array>()
  const put = (bytes: Uint8Array): Promise<Sha256> => {
    const name = sha256Hex(bytes)
    blobs.set(name, bytes)
    return Promise.resolve(name)
  }
  const actor = { holder: 'box', certificate: null }
  await journal.commit({
    entries: district.map((unit) => {
      const { uscc: code, unitCode, name, shortName, agencyCode, series } = unit
      const facts = { uscc: code, unitCode, name, shortName, agencyCode, series, active: true }
      return { type: 'unit.registered', actor, subject: `unit:${code}`, data: facts }
    }),
  })
  await put(pdf)
  const hash = await put(new TextEncoder().encode('a statement'))
  const parts = {
    journal,
    blobs: { put, get: (name: string) => Promise.resolve(blobs.get(name) ?? new Uint8Array()) },
    clock,
    random,
    directory: createDirectory(journal.views),
    desk: {
      accept: (_type: string, { statement }: { statement: object }) =>
        Promise.resolve({
          statement: { at: clock.now().toISOString(), deadline: null, ...statement },
          statementHash: hash,
          signatureHash: hash,
        }),
    },
    uploadedBy: () => Promise.resolve({ purposes: ['document'], bytes: pdf.length }),
    zone: 'Asia/Shanghai',
    trial: true,
  } as unknown as OfficeParts
  const heads = createHeads(parts.blobs)
  // Deadlines are another test's: here the time stands still, so that two desks differ by what they know alone.
  const still: Clock = {
    now: () => new Date('2026-01-01T00:00:00Z'),
    timeSource: 'host',
    state: 'confirmed',
  }
  const openDesk = (): DeskReader => createDesk({ views: journal.views, heads, clock: still })
  return { journal, store, storage, office: createOffice(parts), openDesk, desk: openDesk() }
}

type World = Awaited<ReturnType<typeof openWorld>>

interface Known {
  readonly id: string
  readonly model: ModelDocument
}

function organ(unit: number): { name: string; unit: string; agencyCode: string } {
  const { name = '', agencyCode = '' } = district[unit] ?? {}
  return { name, unit: uscc(unit), agencyCode }
}

async function draftOne(
  world: World,
  known: Known[],
  of: { issuers: number[]; others: number[]; pdf: Uint8Array },
) {
  const { issuers, others, pdf } = of
  const recipients = others.filter((unit) => !issuers.includes(unit))
  const id = await world.office.draft({
    actor: seat(issuers[0] ?? 0),
    once: `draft-${String(known.length)}`,
    body: {
      upload: sha256Hex(pdf),
      kind: '通知',
      direction: 'down',
      issuers: issuers.map(organ),
      mainRecipients: recipients.map(organ).map(({ name, unit }) => ({ name, unit })),
      copies: [],
      title: '关于植树的通知',
      attachments: [],
    },
  })
  known.push({ id, model: drafted(issuers, recipients) })
}

async function recordOf(
  { journal }: World,
  id: string,
): Promise<{ value: DocumentRecord; version: number }> {
  const found = await journal.views.get(keys.document(id))
  if (found === undefined) throw new TypeError('no such document')
  return { value: found.value as unknown as DocumentRecord, version: found.version }
}

/** Does the act as the API would; gives whether it was done. */
async function act(
  world: World,
  { id, model }: Known,
  of: { act: Act; unit: number; at: number },
): Promise<boolean> {
  const { journal, office } = world
  const actor = seat(of.unit)
  const copyKey = keys.copy(id, uscc(of.unit))
  const { value, version } = await recordOf(world, id)
  const copy = await journal.views.get(copyKey)
  const signed = {
    statement: { main: model.recipients.map(uscc), copies: [] },
    signature: new Uint8Array(),
    certificate: '0'.repeat(64) as Sha256,
  }
  const once = `act-${String(of.at)}`
  const before = journal.size
  const input = { actor, once, body: { at: of.at }, ifVersion: version, signed }
  const answer = { ...input, ifVersion: copy?.version ?? 0 }
  try {
    if (of.act === 'approve') await office.approve(id, input)
    if (of.act === 'number') await office.number(id, input)
    if (of.act === 'dispatch') await office.dispatch(id, input)
    if (of.act === 'receive') await office.receive(id, { actor })
    if (of.act === 'sign-for') await office.signFor(id, answer)
    if (of.act === 'return') await office.returnToSender(id, answer)
    if (of.act === 'seal') await sealEntry(world, value, actor)
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
  }
  return journal.size > before
}

/** The entry of a seal, where one may be put; the cryptography of it is another test's. */
async function sealEntry(
  { journal }: World,
  record: DocumentRecord,
  actor: Principal,
): Promise<void> {
  const unit = actor.kind === 'seat' ? actor.unit : ''
  if (record.stage !== 'numbered' || !record.issuers.includes(unit)) return
  const { seals, issuers, file, id }: Numbered = record
  if (seals.some((seal) => seal.unit === unit)) return
  const seal = { unit, at: '2026-01-01T00:00:00.000Z', certificate: '0'.repeat(64), level: 'B-LTA' }
  const data = { id, seal, file, last: seals.length + 1 === issuers.length }
  const by = { holder: actor.holder, certificate: null }
  await journal.commit({ entries: [{ type: 'document.sealed', actor: by, subject: id, data }] })
}

/** One of the acts that are waited for. */
function nextOf(model: ModelDocument, pick: number): { act: Act; unit: number } | undefined {
  const tasks = tasksOf(model)
  const [unit = '', task = ''] = tasks[pick % tasks.length]?.split(' ') ?? []
  if (task === '') return undefined
  const answers: readonly Act[] = ['receive', 'sign-for', 'return']
  const chosen = task === 'sign-for' ? (answers[pick % 3] ?? 'receive') : (task as Act)
  return { act: chosen, unit: Number(unit) }
}

/** The desk that is kept in memory knows all that one just opened knows, and its tasks are the model's. */
async function deskIsFresh(
  t: ExecutionContext,
  world: World,
  known: readonly Known[],
): Promise<void> {
  const fresh = world.openDesk()
  for (const unit of district.keys()) {
    const desk = await world.desk(seat(unit))
    t.deepEqual(desk, await fresh(seat(unit)))
    const tasks = known.flatMap(({ id, model }) =>
      tasksOf(model).flatMap((line) => {
        const [of, task = ''] = line.split(' ')
        return Number(of) === unit ? [`${task} ${id}`] : []
      }),
    )
    t.deepEqual(desk.mine.map(({ task, id }) => `${task} ${id}`).toSorted(), tasks.toSorted())
    const waiting = known.filter(({ id, model }) => {
      const open = isAwaited(model) || model.stage !== 'dispatched'
      return model.issuers.includes(unit) && open && !desk.mine.some((row) => row.id === id)
    })
    t.deepEqual(desk.waiting.map(({ id }) => id).toSorted(), waiting.map(({ id }) => id).toSorted())
  }
}

async function views<T extends Json>({ journal }: World, prefix: string): Promise<T[]> {
  return (await collect(journal.views.scan(prefix))).map(({ value }) => value as T)
}

async function holds(t: ExecutionContext, world: World, known: readonly Known[]): Promise<void> {
  const tasks = await collect(world.journal.views.scan('x/task/'))
  const shown = tasks.map(({ key }) => key)
  const expected = known.flatMap(({ id, model }) =>
    tasksOf(model).map((line) => {
      const [unit = '', task = ''] = line.split(' ')
      return keys.task(uscc(Number(unit)), id, task)
    }),
  )
  t.deepEqual(shown.toSorted(), expected.toSorted())
  for (const { id, model } of known) {
    const { value } = await recordOf(world, id)
    t.is(value.stage, model.stage)
    t.is(value.draftedBy, 'all')
    if ('numberedBy' in value) t.is(value.numberedBy, 'all')
    if ('seals' in value) t.true(value.seals.every(({ by }) => by === 'all'))
    const progress = await world.journal.views.get(keys.progress(id))
    t.deepEqual(progress?.value as unknown, progressOf(model))
    const copies = await views<Copy>(world, keys.copies(id))
    t.deepEqual(
      copies.map(({ unit, state }) => `${unit} ${state}`).toSorted(),
      [...model.copies].map(([unit, state]) => `${uscc(unit)} ${state}`).toSorted(),
    )
  }
  for (const unit of district.keys()) {
    const sent = known.filter(({ model }) => model.issuers.includes(unit))
    t.deepEqual(
      await views<string>(world, keys.outboxes(uscc(unit))),
      sent.map(({ id }) => id),
    )
    t.deepEqual(
      (await collect(world.journal.views.scan(keys.makings(uscc(unit))))).map(({ key }) => key),
      sent
        .filter(({ model }) => model.stage !== 'dispatched')
        .map(({ id }) => keys.making(uscc(unit), id))
        .toSorted(),
    )
    t.deepEqual(
      (await views<string>(world, keys.awaitings(uscc(unit)))).toSorted(),
      sent
        .filter(({ model }) => isAwaited(model))
        .map(({ id }) => id)
        .toSorted(),
    )
    const got = known.filter(({ model }) => model.copies.has(unit)).map(({ id }) => id)
    t.deepEqual((await views<string>(world, keys.inboxes(uscc(unit)))).toSorted(), got.toSorted())
  }
}

test('whatever is tried in whatever order, documents live as the model says, and the journal tells it all', async (t) => {
  const pdf = await plainPdf('a life')
  let done = 0
  let refused = 0
  const live = async (commands: readonly Command[]): Promise<void> => {
    const world = await openWorld(t, pdf)
    const known: Known[] = []
    await draftOne(world, known, { issuers: [0], others: [1, 2], pdf })
    await draftOne(world, known, { issuers: [1, 0], others: [3], pdf })
    for (const [at, one] of commands.entries()) {
      if (one.act === 'draft') {
        await draftOne(world, known, { ...one, pdf })
        continue
      }
      const on = known[one.document % known.length]
      if (on === undefined) continue
      const before = stages.indexOf(on.model.stage)
      const what = one.act === 'next' ? nextOf(on.model, one.pick) : one
      if (what === undefined) continue
      const was = await act(world, on, { ...what, at })
      t.is(was, does(on.model, what.act, what.unit), `${what.act} by ${String(what.unit)}`)
      t.true(stages.indexOf(on.model.stage) >= before, 'stages only move forward')
      if (was) done += 1
      else refused += 1
      if (was) await deskIsFresh(t, world, known)
    }
    await holds(t, world, known)
    const kept = await dump(world.store)
    await world.journal.close()
    await rebuildViews(world.storage)
    t.deepEqual(await dump(world.store), kept, 'made anew, the views are the same')
    await world.store.close()
  }
  const lives = fc.array(command, { minLength: 40, maxLength: 80 })
  await fc.assert(fc.asyncProperty(lives, live), { numRuns, seed })
  t.log(`${String(done)} acts done, ${String(refused)} refused`)
  t.true(done > numRuns * 10 && refused > numRuns * 10)
})
