/** Sign requests as files on the command line: signed without a network, handed in at the box, and refused where they do not fit. */
import { createPrivateKey } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { argon2id } from '../../appliance/unit/argon2id.ts'
import { unitPaths, writeEnrolment } from '../../appliance/unit/unit_folder.ts'
import { systemRandom } from '../../ca/index.ts'
import {
  argon2Costs,
  makeUnitKey,
  newUnitSecret,
  wrapKeys,
  writeKeyFile,
  writeUnitSecret,
} from '../../provisioning/index.ts'
import { writePkcs12 } from '../../provisioning/kit/index.ts'
import { questions, type Question } from '../exchange/unit/asking.ts'
import { openTestBox, type TestBox, type TestKey, type TestUnit } from '../web/box_fixture.ts'
import { dispatched, drafted, notice } from '../web/trip.ts'
import { newFolder, run, sealbox, type Ended } from './places.ts'

let box: TestBox
let folder: string
/** Options by which the command line acts as the first unit, without a line to any box. */
let secrets: readonly string[]

test.before(async () => {
  box = await openTestBox()
  folder = await newFolder()
  secrets = await unitFolder(box.units[0])
})
test.after.always(async () => {
  await box.close()
  await rm(folder, { recursive: true, force: true })
})

const passphrase = '青禾区办公室 2026'

/** A folder as `sealbox enrol` makes it; where the box should be, nothing listens. */
async function unitFolder({ unit, keys }: TestUnit): Promise<readonly string[]> {
  const directory = join(folder, 'office')
  await mkdir(directory)
  const paths = unitPaths(directory)
  const pkcs8 = ({ key }: TestKey) =>
    new Uint8Array(createPrivateKey(key).export({ format: 'der', type: 'pkcs8' }))
  const signing = (seat: string, key: TestKey) =>
    ({ use: 'seat-signing', seat, pkcs8: pkcs8(key), certificate: key.signer.certificate }) as const
  const unitSecret = newUnitSecret(systemRandom)
  const owner = { id: unit.uscc, name: unit.name }
  const file = await wrapKeys({
    ...{ owner, passphrase, unitSecret, argon2id, cost: argon2Costs.fast, random: systemRandom },
    keys: [
      signing('clerk', keys.clerkSigning),
      signing('leader', keys.leaderSigning),
      { use: 'unit-seal', pkcs8: pkcs8(keys.seal), certificate: keys.seal.signer.certificate },
    ],
  })
  await writeFile(paths.keys, writeKeyFile(file))
  await writeFile(paths.root, box.rootPem)
  for (const seat of ['clerk', 'leader'] as const) {
    const p12 = await writePkcs12({
      ...{ key: await makeUnitKey(), certificate: keys[seat].signer.certificate, chain: [] },
      ...{ friendlyName: seat, passphrase, random: systemRandom },
      cost: { encryptionIterations: 1, macIterations: 1 },
    })
    await writeFile(paths.p12(seat), p12)
  }
  const { id, journalCertificate } = box.parts.box
  await writeEnrolment(directory, {
    url: 'https://localhost:1',
    box: id,
    journalCertificate: Buffer.from(journalCertificate).toString('base64'),
    who: unit.uscc,
    name: unit.name,
    holders: { clerk: `seat:${unit.uscc}/clerk`, leader: `seat:${unit.uscc}/leader` },
  })
  const [typed, printed] = [join(folder, 'passphrase'), join(folder, 'secret')]
  await writeFile(typed, passphrase)
  await writeFile(printed, writeUnitSecret(unitSecret))
  return ['--unit', directory, '--passphrase-file', typed, '--unit-secret-file', printed]
}

let written = 0

/** Downloads a request as a file. */
async function download({ as, query }: Question): Promise<string> {
  const asked = new URLSearchParams({ ...query, inline: '1' }).toString()
  const reply = await box.request({ path: `/api/v1/sign-request?${asked}`, as })
  if (reply.status !== 200) throw new Error(reply.text)
  const path = join(folder, `request ${String(++written)}.signreq`)
  await writeFile(path, reply.bytes)
  return path
}

const signedPath = (path: string): string => path.replace(/signreq$/, 'signed')
const command = (...args: readonly string[]): Promise<Ended> => run(sealbox, [...args, ...secrets])

/** A document that the second unit sent to the first. */
async function incoming(): Promise<Question> {
  const [one, two] = box.units
  const { id } = await dispatched({ issuers: [two], main: [one] })
  return { as: one.keys.clerk, query: { act: 'sign-for', document: id } }
}

const trips: readonly (readonly [readonly string[], () => Promise<Question>, string])[] = [
  [['seal'], () => questions.seal(box), 'document.sealed'],
  [['sign-for'], incoming, 'document.receipted'],
  [['document', 'approve'], () => questions.approve(box), 'document.approved'],
  [['document', 'dispatch'], () => questions.dispatch(box), 'document.dispatched'],
]

for (const [words, question, entry] of trips) {
  test.serial(`sealbox ${words.join(' ')} signs a file without a network`, async (t) => {
    const asked = await question()
    const path = await download(asked)
    const from = box.box.journal.size
    const { status, stdout, stderr } = await command(...words, path)
    t.is(status, 0, stderr)
    t.true(stdout.includes(signedPath(path)))
    t.true(stdout.includes('通知'), 'it says what is signed')
    const signed = JSON.parse(await readFile(signedPath(path), 'utf8')) as unknown
    const reply = await box.request({
      ...{ method: 'POST', path: '/api/v1/signed', as: asked.as, json: signed },
    })
    t.is(reply.status, 200, reply.text)
    t.is((await box.entries(from, entry)).length, 1)
    const twice = await command(...words, path)
    t.is(twice.status, 64, 'what was signed is not written over')
  })
}

test.serial(
  'a file that is not for this command, this unit or this box signs nothing',
  async (t) => {
    const [one, two] = box.units
    const seal = await download(await questions.seal(box))
    const text = await readFile(seal, 'utf8')
    const other = join(folder, 'other.signreq')
    await writeFile(other, text.replaceAll(box.id, 'sealbox-0000000000000000'))
    const broken = join(folder, 'broken.signreq')
    await writeFile(broken, text.slice(0, -10))
    const officers = await download(await questions.appoint(box))
    const { id } = await two.clerk.draft(notice({ issuers: [two], main: [one] }))
    const theirs = await download({ as: two.keys.leader, query: { act: 'approve', document: id } })
    const cases: readonly (readonly [string, readonly string[], number, RegExp])[] = [
      ['another command', ['sign-for', seal], 64, /use sealbox seal/],
      ['another step', ['document', 'approve', seal], 64, /use sealbox seal/],
      ['an officer’s act', ['seal', officers], 64, /signer page/],
      ['a step that is not signed', ['document', 'number', seal], 64, /takes no sign request/],
      ['another box', ['seal', other], 1, /SIGN_REQUEST_FOREIGN/],
      ['another unit', ['document', 'approve', theirs], 1, /SIGN_REQUEST_NOT_YOURS/],
      ['a broken file', ['seal', broken], 1, /SIGN_REQUEST_MALFORMED/],
      ['no file', ['seal', join(folder, 'none.signreq')], 66, /there is no file/],
    ]
    for (const [what, words, status, said] of cases) {
      const ended = await command(...words)
      t.is(ended.status, status, `${what}: ${ended.stderr}`)
      t.regex(ended.stderr, said, what)
    }
    for (const path of [seal, other, broken, officers, theirs])
      t.false(existsSync(signedPath(path)))
  },
)

test.serial('a wrong passphrase opens nothing', async (t) => {
  const [one, two] = box.units
  const { id } = await drafted({ issuers: [one], main: [two] })
  const path = await download({ as: one.keys.leader, query: { act: 'approve', document: id } })
  const wrong = join(folder, 'wrong')
  await writeFile(wrong, `${passphrase}!`)
  const given = secrets.map((word) => (word.endsWith('passphrase') ? wrong : word))
  const { status, stderr } = await run(sealbox, ['document', 'approve', path, ...given])
  t.is(status, 1)
  t.regex(
    stderr,
    /口令或单位密语不对。 The passphrase or unit secret is wrong. \(KEY_FILE_LOCKED\)/,
  )
  t.false(existsSync(signedPath(path)))
})
