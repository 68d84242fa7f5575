/** A district at work: backed up while it serves, lost, restored, confirmed by two officers; and what is stale is told from what units keep. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { pino } from 'pino'
import { openBox, type Box } from '../../../appliance/box/box.ts'
import { enrolPerson, unitAtWork, type DemoUnit } from '../../../appliance/demo/district.ts'
import { createProcessMemory, type UnitMemory } from '../../../appliance/unit/memory.ts'
import { demoTexts } from '../../../appliance/demo/texts.ts'
import { collectReceipts, send, signFor, type Trip } from '../../../appliance/demo/work.ts'
import { serve } from '../../../appliance/box/serve.ts'
import {
  appoint,
  countersignOrder,
  proposeOrder,
  type OfficerOptions,
} from '../../../appliance/unit/officer.ts'
import { readRestoration } from '../../../appliance/backup/restoration.ts'
import { readIdentityFile } from '../../../appliance/backup/age/index.ts'
import { restoreBackup } from '../../../appliance/backup/restore.ts'
import { acceptRestore } from '../../../exchange/unit/index.ts'
import { enrolDistrict, serveNewBox } from '../in_process.ts'
import { run, sealbox } from '../places.ts'

const silent = pino({ level: 'silent' })
const texts = demoTexts(undefined, 6)

interface Fire {
  readonly folder: string
  readonly port: number
  readonly id: string
  readonly officers: readonly OfficerOptions[]
  readonly units: readonly DemoUnit[]
  /** What the signers of each unit remember. */
  readonly memories: readonly UnitMemory[]
  readonly backup: string
  readonly identity: Uint8Array[]
  /** Sent before the backup, and after it. */
  readonly before: Trip
  readonly after: Trip
  /** Receipts and dispatches that units kept. */
  readonly kept: string
  readonly crlNumber: number
}

/** Backs up between two documents, and burns. */
async function fire(t: ExecutionContext): Promise<Fire> {
  const served = await serveNewBox(silent)
  t.teardown(() => served.close())
  const { known, data, folder } = served
  const { officer, units: enrolled } = await enrolDistrict(known, served.code, 2)
  const memories = enrolled.map(createProcessMemory)
  const units = enrolled.map(({ unit, enrolled: keys }, at) =>
    unitAtWork(known, unit, { enrolled: keys, memory: memories[at] ?? createProcessMemory() }),
  )
  const { code } = await appoint(officer, { id: 'officer-2', role: 'officer' })
  const second = await enrolPerson(known, { id: 'officer-2', role: 'officer', code }, officer)
  const trip = async (at: number): Promise<Trip> => {
    const text = texts[at]
    if (text === undefined) throw new TypeError('no text')
    const sent = await send(units, at, text)
    for (const recipient of sent.recipients) await signFor(sent, recipient)
    return collectReceipts(sent)
  }
  const before = await trip(0)
  const out = join(folder, 'stick')
  await mkdir(out)
  const backup = join(out, 'night.sealbox-backup')
  // As a person would, beside the box that serves.
  const ended = await run(sealbox, ['backup', backup, '--data', data])
  t.is(ended.status, 0, ended.stderr)
  const key = /(\S+sealbox-backup-key-\S+\.txt)/.exec(ended.stdout)?.[1] ?? ''
  const identity = readIdentityFile(await readFile(key, 'utf8'))
  const after = await trip(2)
  const kept = join(folder, 'kept')
  await mkdir(kept)
  for (const [unit, { statement, signature }] of after.receipts) {
    await writeFile(join(kept, `${unit}.receipt.json`), statement)
    await writeFile(join(kept, `${unit}.receipt.json.p7s`), signature)
  }
  const [recipient] = after.recipients
  const bundle = await recipient?.clerk.bundle(after.id)
  await writeFile(join(kept, 'after.asice'), bundle ?? new Uint8Array())
  const { number: crlNumber } = await served.box.parts.authority.crl('issuing')
  await served.stop()
  return {
    ...{ folder, officers: [officer, second], units, memories, backup, identity, before, after },
    ...{ kept, crlNumber, port: served.serving.port, id: known.id },
  }
}

/** Where it was before, so that everybody finds it. */
async function serveAgain(t: ExecutionContext, directory: string, { port }: Fire): Promise<Box> {
  const box = await openBox({ directory, log: silent, url: `https://localhost:${String(port)}` })
  const serving = await serve(box, { port, pkiPort: 0, bind: '127.0.0.1' })
  t.teardown(async () => {
    await serving.close()
    await box.close()
  })
  return box
}

test('after a fire: stale is told, two officers confirm, and numbers, lists and journal go on', async (t) => {
  const lost = await fire(t)
  const { folder, backup, kept } = lost
  const directory = join(folder, 'new')
  const args = ['restore', backup, '--data', directory, '--heads', kept]
  const refused = await run(sealbox, args)
  t.is(refused.status, 1)
  t.regex(refused.stderr, /this backup is stale: \S+ has seen the journal with \d+ entries/)
  t.false(existsSync(directory))
  const taken = await run(sealbox, [...args, '--accept-stale', '--two-officers'])
  t.is(taken.status, 0, taken.stderr)
  t.regex(taken.stdout, /STALE/)

  const box = await serveAgain(t, directory, lost)
  const restored = box.parts.restored()
  t.truthy(restored?.seen)
  // Whether a certificate was revoked after the backup nobody here knows: no status is answered.
  t.is(box.parts.journal.state, 'read-only')
  const { units } = lost
  const [one, two] = lost.officers
  if (one === undefined || two === undefined) throw new TypeError('two officers')
  await t.notThrowsAsync(units[0]?.clerk.document(lost.before.id) ?? Promise.reject(new Error()))
  const refusedAct = await t.throwsAsync(send(units, 4, texts[4] ?? { title: '', text: '' }))
  t.regex(String(refusedAct), /JOURNAL_UNCONFIRMED|restored from a backup/)

  let isTold = false
  await box.whenConfirmed(() => {
    isTold = true
    return Promise.resolve()
  })
  const order = await proposeOrder(one, { act: 'restore-backup' }, '机房失火')
  await t.throwsAsync(countersignOrder(one, order), undefined, 'nobody confirms alone')
  t.false(isTold)
  await countersignOrder(two, order)
  t.true(isTold, 'the console is told')
  t.is(box.parts.restored(), undefined)
  t.is(box.parts.journal.state, 'running')
  t.is(readRestoration(directory), undefined)
  t.true((await box.parts.authority.crl('issuing')).number > lost.crlNumber)
  await whatUnitsDo(t, { lost, box, order })
})

/** Their signers have seen a longer journal: nothing is signed until a person was told of the order. */
async function whatUnitsDo(
  t: ExecutionContext,
  of: { readonly lost: Fire; readonly box: Box; readonly order: string },
): Promise<void> {
  const { lost, box, order } = of
  const { units, memories, id } = lost
  await t.throwsAsync(send(units, 4, texts[4] ?? { title: '', text: '' }), {
    message: /continue the head|shorter than this signer saw/,
  })
  const statement = await box.parts.orders.statement(order as never)
  // Every unit gets these bytes, and reads nothing of another's register in them.
  const text = new TextDecoder().decode(statement)
  t.regex(text, /"numbers":\{"count":[1-9]/)
  for (const { unit } of lost.units) t.false(text.includes(`"${unit.uscc}"`))
  for (const kept of memories) {
    await kept.update((memory) => {
      const wrong = { statement, told: `${order.slice(0, 15)}x`, box: id }
      t.throws(() => acceptRestore(memory, wrong), { code: 'RESTORE_ORDER_DIFFERS' })
      return Promise.resolve(
        acceptRestore(memory, { statement, told: order.slice(0, 16), box: id }).memory,
      )
    })
  }
  const trip = await send(units, 4, texts[4] ?? { title: '', text: '' })
  for (const recipient of trip.recipients) await signFor(trip, recipient)
  // The number that was drawn after the backup is drawn no second time.
  t.not(trip.number, lost.after.number)
  t.not(trip.number, lost.before.number)
}

test('a trial box that lost nothing goes on by itself, and says so in its journal', async (t) => {
  const lost = await fire(t)
  const directory = join(lost.folder, 'new')
  await restoreBackup({
    ...{ paths: [lost.backup], identities: lost.identity, directory, confirm: false },
    at: new Date(),
  })
  // What cannot be thrown away beside it keeps no box from starting.
  await mkdir(`${directory}.backups/x.sealbox-backup.partial`, { recursive: true })
  const box = await serveAgain(t, directory, lost)
  t.is(box.parts.restored(), undefined)
  t.true((await box.parts.authority.crl('issuing')).number > lost.crlNumber)
  const types: string[] = []
  for await (const { type } of box.journal.read(0)) types.push(type)
  t.is(types.filter((type) => type === 'box.restored').length, 1)
  await increments(t, lost, directory)
})

/** The files of a restored box stand in another order: no increment goes on from a backup of before, but from a new one it does. */
async function increments(t: ExecutionContext, lost: Fire, directory: string): Promise<void> {
  const { folder, backup } = lost
  const make = (name: string, ...since: readonly string[]) =>
    run(sealbox, ['backup', join(folder, 'stick', name), '--data', directory, ...since])
  for (const since of ['last', backup]) {
    const refused = await make('part', '--since', since)
    t.is(refused.status, 1)
    t.regex(refused.stderr, /make a full one/)
  }
  t.is((await make('full')).status, 0)
  t.is((await make('part', '--since', 'last')).status, 0)
  const paths = ['full', 'part'].map((name) => join(folder, 'stick', name))
  const again = { paths, identities: lost.identity, directory: join(folder, 'again') }
  await t.notThrowsAsync(restoreBackup({ ...again, confirm: false, at: new Date() }))
}
