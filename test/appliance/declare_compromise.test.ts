/** The compromise drill from the command line, beside a running box: what stays provable, what two officers then state, what verifies. */
import { createPrivateKey } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { argon2id } from '../../appliance/unit/argon2id.ts'
import { unitPaths, writeEnrolment } from '../../appliance/unit/unit_folder.ts'
import { sha256Hex, systemRandom, type Sha256 } from '../../ca/index.ts'
import {
  argon2Costs,
  newUnitSecret,
  wrapKeys,
  writeKeyFile,
  writeUnitSecret,
} from '../../provisioning/index.ts'
import { writePkcs12 } from '../../provisioning/kit/index.ts'
import { proposedOrder } from '../exchange/unit/asking.ts'
import { openTestBox, type TestBox, type TestKey, type TestPerson } from '../web/box_fixture.ts'
import { dispatched } from '../web/trip.ts'
import { newFolder, run, sealbox, type Ended } from './places.ts'

interface Sealed {
  readonly id: string
  readonly path: string
}

interface Drilled {
  readonly counts: {
    readonly provable: number
    readonly notProvable: number
    readonly ifListed: number
  }
  readonly keys: readonly { readonly sha256: string; readonly profile: string }[]
  readonly provable: readonly { readonly id: string }[]
  readonly notProvable: readonly { readonly id: string }[]
  readonly untouched: number
  readonly next: readonly string[]
}

let box: TestBox
let folder: string
let since: string
const before: Sealed[] = []
const after: Sealed[] = []
const officers: string[][] = []
let secondLogin: TestKey

test.before(async () => {
  box = await openTestBox()
  folder = await newFolder()
  before.push(await sealOne(), await sealOne())
  await sleep(1100) // stamps say whole seconds
  since = new Date().toISOString()
  await sleep(1100)
  after.push(await sealOne())
  officers.push(await personFolder(box.officer))
  const two = await box.appoint('officer-two', 'officer')
  secondLogin = two.login
  officers.push(await personFolder(two))
  await writeFile(join(folder, 'root.pem'), box.rootPem)
})

test.after.always(async () => {
  await box.close()
  await rm(folder, { recursive: true, force: true })
})

async function sealOne(): Promise<Sealed> {
  const [one, two] = box.units
  const { id } = await dispatched({ issuers: [one], main: [two] })
  const path = join(folder, `${id}.pdf`)
  const file = await box.request({ path: `/api/v1/documents/${id}/files/pdf`, as: one.keys.clerk })
  await writeFile(path, file.bytes)
  return { id, path }
}

const command = (...args: readonly string[]): Promise<Ended> => run(sealbox, args)

async function drilled(...args: readonly string[]): Promise<Drilled> {
  const shared = ['--since', since, '--data', box.directory, '--json']
  const { status, stdout, stderr } = await command('declare-compromise', ...shared, ...args)
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Drilled
}

const ids = (documents: readonly { readonly id: string }[]): string[] =>
  documents.map(({ id }) => id).toSorted()

test.serial(
  'beside a running box the drill tells what stays provable, and changes nothing',
  async (t) => {
    const size = box.box.journal.size
    const found = await drilled()
    t.is(found.keys[0]?.profile, 'timestamping')
    t.deepEqual(ids(found.provable), ids(before))
    t.deepEqual(ids(found.notProvable), ids(after))
    t.deepEqual(found.counts, { provable: 2, notProvable: 1, ifListed: 1 })
    t.regex(found.next.join('\n'), /roll-over-service --role timestamping/)
    t.is(box.box.journal.size, size)
    const text = await command('declare-compromise', '--since', since, '--data', box.directory)
    t.is(text.status, 0, text.stderr)
    t.regex(text.stdout, /仍可证明 stay provable: 2/)
    t.regex(text.stdout, /不能证明 do not: 1/)
  },
)

test.serial(
  'of a unit’s key what is stamped before the moment stays, and no list helps',
  async (t) => {
    const [one, , three] = box.units
    const found = await drilled('--certificate', one.keys.seal.name)
    t.deepEqual(ids(found.provable), ids(before))
    t.deepEqual(found.counts, { provable: 2, notProvable: 1, ifListed: 0 })
    t.regex(found.next[0] ?? '', /keyCompromise/)
    const other = await drilled('--certificate', three.keys.seal.name)
    t.deepEqual(other.counts, { provable: 0, notProvable: 0, ifListed: 0 })
    t.is(other.untouched, 3)
    const authority = await drilled('--key', 'issuing')
    t.deepEqual(authority.counts, { provable: 0, notProvable: 3, ifListed: 3 })
    const wrong = ['declare-compromise', '--since', since, '--data', box.directory]
    t.is((await command(...wrong, '--key', 'nobody')).status, 64)
    t.is((await command(...wrong, '--certificate', 'ab'.repeat(32))).status, 64)
    t.is((await command('declare-compromise', '--since', 'yesterday')).status, 64)
  },
)

test.serial(
  'two officers state it on the command line, and what was foretold is what verifies',
  async (t) => {
    const [first = [], second = []] = officers
    const seal = box.units[0].keys.seal.name
    const propose = ['orders', 'propose', 'state-compromise', '--certificate', seal]
    const proposed = await command(...propose, '--from', since, '--reason', '印章失窃', ...first)
    t.is(proposed.status, 0, proposed.stderr)
    const [order = ''] = /[0-9a-f]{64}/.exec(proposed.stdout) ?? []
    const own = await command('orders', 'countersign', order.slice(0, 12), ...first)
    t.is(own.status, 1, own.stdout)
    const done = await command('orders', 'countersign', order.slice(0, 12), ...second)
    t.is(done.status, 0, done.stderr)
    t.regex(done.stdout, /声明密钥已泄露 State that a key is compromised/)
    t.regex(done.stdout, /印章失窃/)
    const saved = join(folder, 'order')
    t.is((await command('orders', 'save', order, '--out', saved, ...second)).status, 0)
    t.is(sha256Hex(await readFile(join(saved, 'order.json'))), order as Sha256)

    const statements = join(folder, 'compromise')
    await mkdir(statements)
    const listed = await box.request({ path: '/api/v1/compromises', as: box.officer.login })
    for (const { name, href } of listed.json['items'] as readonly {
      name: string
      href: string
    }[]) {
      const { bytes } = await box.request({ path: href, as: box.officer.login })
      await writeFile(join(statements, name), bytes)
    }
    const verify = (paths: readonly string[], ...more: readonly string[]): Promise<Ended> =>
      command('verify', ...paths, '--trust', join(folder, 'root.pem'), ...more)
    const early = before.map(({ path }) => path)
    const late = after.map(({ path }) => path)
    t.is((await verify([...early, ...late])).status, 0, 'without the statement')
    t.is((await verify(early, '--statements', statements)).status, 0)
    const refused = await verify(late, '--statements', statements)
    t.is(refused.status, 1, refused.stdout)
    t.regex(refused.stdout, /KEY_COMPROMISED/)
    t.is((await verify(late, '--statements', join(folder, 'nothing'))).status, 66)
  },
)

test.serial(
  'an order is countersigned off line, from a file, and performed by the box once',
  async (t) => {
    const [, second = []] = officers
    const order = await proposedOrder(box, box.officer)
    const asked = new URLSearchParams({ act: 'countersign', order, inline: '1' }).toString()
    const as = secondLogin
    const file = await box.request({ path: `/api/v1/sign-request?${asked}`, as })
    const path = join(folder, 'countersign.signreq')
    await writeFile(path, file.bytes)
    const wrong = await command('orders', 'withdraw', path, ...second)
    t.is(wrong.status, 64, wrong.stdout)
    const { status, stdout, stderr } = await command('orders', 'countersign', path, ...second)
    t.is(status, 0, stderr)
    t.regex(stdout, /声明密钥已泄露 State that a key is compromised/)
    t.regex(stdout, /提出人 proposed by: person:officer-1/)
    const json = JSON.parse(await readFile(join(folder, 'countersign.signed'), 'utf8')) as unknown
    const reply = await box.request({ method: 'POST', path: '/api/v1/signed', as, json })
    t.is(reply.status, 200, reply.text)
    t.is(reply.json['state'], 'carried-out')
  },
)

const passphrase = '青禾区安全员 2026'

/** A folder as `sealbox enrol` makes it for a person; gives the options that open it. */
async function personFolder({ holder, login, signing }: TestPerson): Promise<string[]> {
  const who = holder.replace('person:', '')
  const directory = join(folder, who)
  await mkdir(directory)
  const paths = unitPaths(directory)
  const unitSecret = newUnitSecret(systemRandom)
  const file = await wrapKeys({
    ...{ owner: { id: who, name: who }, passphrase, unitSecret, argon2id, random: systemRandom },
    cost: argon2Costs.fast,
    keys: [
      {
        use: 'seat-signing',
        seat: 'self',
        pkcs8: pkcs8Of(signing),
        certificate: signing.signer.certificate,
      },
    ],
  })
  await writeFile(paths.keys, writeKeyFile(file))
  await writeFile(paths.root, box.rootPem)
  const p256 = { name: 'ECDSA', namedCurve: 'P-256' }
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8Of(login), p256, true, ['sign'])
  const p12 = await writePkcs12({
    key: { privateKey, publicKey: privateKey, spki: new Uint8Array() },
    ...{ certificate: login.signer.certificate, chain: box.parts.authority.chain },
    ...{ friendlyName: who, passphrase, random: systemRandom },
    cost: { encryptionIterations: 1, macIterations: 1 },
  })
  await writeFile(paths.p12('self'), p12)
  const { id, journalCertificate } = box.parts.box
  await writeEnrolment(directory, {
    url: `https://localhost:${String(box.port)}`,
    box: id,
    journalCertificate: Buffer.from(journalCertificate).toString('base64'),
    ...{ who, name: who, holders: { self: holder } },
  })
  const [typed, printed] = [join(directory, 'passphrase'), join(directory, 'secret')]
  await writeFile(typed, passphrase)
  await writeFile(printed, writeUnitSecret(unitSecret))
  return ['--unit', directory, '--passphrase-file', typed, '--unit-secret-file', printed]
}

const pkcs8Of = ({ key }: TestKey): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createPrivateKey(key).export({ format: 'der', type: 'pkcs8' }))
