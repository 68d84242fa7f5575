/**
 * `sealbox demo`: the main job without a person. A real box in its own process; its units, with keys of their own, over HTTPS;
 * everything sealed, sent, signed for, found again and verified offline.
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { modelDistrict, readRoster, type RosterUnit } from '../../provisioning/index.ts'
import { checkAll, type Checked } from '../demo/checks.ts'
import { startBoxProcess, type BoxProcess } from '../demo/box_process.ts'
import {
  enrolPerson,
  enrolUnit,
  registerUnits,
  type DemoBox,
  type DemoUnit,
} from '../demo/district.ts'
import { createSteps, type Steps } from '../demo/steps.ts'
import { demoTexts } from '../demo/texts.ts'
import { collectReceipts, send, signFor, type Trip } from '../demo/work.ts'
import { ApplianceError, exitStatus } from '../errors.ts'
import { firstOfficer } from '../box/first_boot.ts'
import { createBoxClient } from '../unit/box_client.ts'
import { fetchRoot } from '../unit/root.ts'
import { fromBase64, toPem } from '../../ca/index.ts'
import { exportJournal } from './journal_export.ts'
import { countOf, fileBytes, options, required, say } from './options.ts'

const known = {
  out: { type: 'string' },
  units: { type: 'string' },
  documents: { type: 'string' },
  roster: { type: 'string' },
  texts: { type: 'string' },
} as const

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, known)
  const out = required(values.out, '--out')
  if (existsSync(out) && readdirSync(out).length > 0) {
    throw new ApplianceError('USAGE', `${out} is not empty; choose another --out`)
  }
  mkdirSync(join(out, 'sealed'), { recursive: true })
  mkdirSync(join(out, 'receipts'), { recursive: true })
  const units = unitsOf(values.roster, countOf(values.units, modelDistrict.length))
  const texts = demoTexts(values.texts, countOf(values.documents, 20))
  const began = Date.now()
  const steps = createSteps()
  const box = await startBoxProcess({ data: join(out, 'data') })
  try {
    const outcome = await work({ out, box, units, texts, steps })
    await box.stop()
    const entries = await exportJournal(join(out, 'data'), { out: join(out, 'journal') })
    const summary = {
      ...outcome,
      journalEntries: entries,
      seconds: Math.round((Date.now() - began) / 100) / 10,
      steps: steps.seconds(),
    }
    await writeFile(join(out, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`)
    report(summary, out)
    return outcome.failures.length === 0 ? 0 : exitStatus.failed
  } catch (error) {
    steps.stop()
    const words = error instanceof Error ? error.message : String(error)
    const details = error instanceof ApplianceError ? error.details : {}
    throw new ApplianceError('DEMO_FAILED', `${steps.current()}: ${words}`, {
      cause: error,
      details: { ...details },
    })
  } finally {
    box.process.kill('SIGKILL')
  }
}

interface Outcome extends Checked {
  readonly units: number
  readonly documents: number
  readonly receipts: number
  readonly pages: number
}

async function work(given: {
  readonly out: string
  readonly box: BoxProcess
  readonly units: readonly RosterUnit[]
  readonly texts: ReturnType<typeof demoTexts>
  readonly steps: Steps
}): Promise<Outcome> {
  const { out, units, texts, steps } = given
  const rootDer = await fetchRoot(given.box.url, given.box.ready.root)
  const root = toPem('CERTIFICATE', rootDer)
  await writeFile(join(out, 'root.pem'), root)
  const box = await introduce(given.box, root)
  const officer = await enrolPerson(box, {
    id: firstOfficer,
    role: 'officer',
    code: given.box.ready.code ?? '',
  })
  const codes = await registerUnits(officer, units)
  const enrolled: DemoUnit[] = await steps.run('注册单位 enrolling', units, (unit) =>
    enrolUnit(box, unit, { code: codes.get(unit.uscc) ?? '', officer }),
  )
  const places = texts.map((text, at) => ({ text, at }))
  const sent = await steps.run('拟制、用印、发出 sealing and sending', places, ({ text, at }) =>
    send(enrolled, at, text),
  )
  const copies = sent.flatMap((trip) => trip.recipients.map((recipient) => ({ trip, recipient })))
  await steps.run('签收 signing for', copies, ({ trip, recipient }) => signFor(trip, recipient))
  const trips = await steps.run('收回执 collecting receipts', sent, collectReceipts)
  await Promise.all(trips.map((trip, at) => writeTrip(out, trip, at)))
  const checked = await checkAll({ steps, trips, units: enrolled, root: rootDer })
  for (const unit of enrolled) unit.close()
  officer.client.close()
  return {
    units: units.length,
    documents: trips.length,
    receipts: trips.reduce((sum, trip) => sum + trip.receipts.size, 0),
    pages: trips.reduce((sum, trip) => sum + trip.pages, 0),
    ...checked,
  }
}

/** Which box it is: told to whoever looks up the first code. */
async function introduce(process: BoxProcess, root: string): Promise<DemoBox> {
  const client = createBoxClient({ url: process.url, root, identity: {} })
  const { box, journalCertificate } = await client.act<{ box: string; journalCertificate: string }>(
    '/api/v1/requests/acts/look-up',
    { code: process.ready.code },
  )
  client.close()
  return { url: process.url, root, id: box, journalCertificate: fromBase64(journalCertificate) }
}

function unitsOf(roster: string | undefined, count: number): RosterUnit[] {
  const { units, refused } =
    roster === undefined
      ? { units: [...modelDistrict], refused: [] }
      : readRoster(fileBytes(roster))
  if (refused.length > 0) throw new ApplianceError('USAGE', 'the roster has refused rows')
  if (count < 2 || count > units.length) {
    throw new ApplianceError('USAGE', `--units takes 2 to ${String(units.length)}`)
  }
  return units.slice(0, count)
}

async function writeTrip(out: string, trip: Trip, at: number): Promise<void> {
  const name = String(at + 1).padStart(4, '0')
  await writeFile(join(out, 'sealed', `${name}.pdf`), trip.pdf)
  for (const [unit, { statement, signature }] of trip.receipts) {
    const path = join(out, 'receipts', `${name}-${unit}.receipt.json`)
    await writeFile(path, statement)
    await writeFile(`${path}.p7s`, signature)
  }
}

function report(summary: Outcome & { readonly seconds: number }, out: string): void {
  const { units, documents, pages, receipts, found, passed, failures, seconds } = summary
  say('')
  say(`  单位 units      ${String(units)}`)
  say(`  公文 documents  ${String(documents)}，${String(pages)} 页 pages`)
  say(`  回执 receipts   ${String(receipts)}`)
  say(`  检索 searches   ${String(found)} found`)
  say(`  验证 verified   ${String(passed)} TOTAL-PASSED`)
  say(`  用时 time       ${String(seconds)} s`)
  for (const failure of failures) say(`  ✗ ${failure}`)
  say('')
  say(
    `  自己验证 verify yourself:  npx sealbox verify ${join(out, 'sealed')}/*.pdf --trust ${join(out, 'root.pem')}`,
  )
}
