/** A box whose issuing key is in a process of its own: it works as any other, and who takes the box over gets no key out and no authority in. */
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { openKeysProcess } from '../../../appliance/keys_process/client.ts'
import { readRecord } from '../../../appliance/keys_process/signature_record.ts'
import { readRecipientFile, writeRecipient } from '../../../appliance/machine/keys_folder.ts'
import { ageKeyPair } from '../../../appliance/backup/age/index.ts'
import { readIssuer } from '../../../ca/certificates/issuer.ts'
import { readCertificate } from '../../../ca/path/certificate.ts'
import * as der from '../../../ca/der/write.ts'
import { systemRandom, type Signer } from '../../../ca/index.ts'
import { enrolDistrict, serveNewBox, type ServedBox } from '../in_process.ts'
import { run } from '../places.ts'
import { moveKeys, startKeys, tbsOf, type RunningKeys } from './processes.ts'

let folder = ''
let state = ''
let keys: RunningKeys
let served: ServedBox

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealbox-keys-'))
  state = join(folder, 'state')
  served = await serveNewBox(undefined, async (data) => {
    await moveKeys(data, state)
    keys = await startKeys(state)
    return { keysSocket: keys.socket }
  })
})

test.after.always(async () => {
  await served.close()
  await keys.stop()
  await rm(folder, { recursive: true, force: true })
})

const issuing = (): Uint8Array => served.box.parts.authority.chain[0] ?? new Uint8Array()

/** Asks the process directly, as who has taken the box over could. */
function ask(
  method: string,
  path: string,
  body: Uint8Array = new Uint8Array(),
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    request({ socketPath: keys.socket, method, path }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() })
      })
    })
      .on('error', reject)
      .end(body)
  })
}

const lintOf = ({ body }: { readonly body: string }): string[] =>
  (JSON.parse(body) as { lint: string[] }).lint

test.serial(
  'the box issues and keeps its list as ever, and each signature is written down',
  async (t) => {
    const before = await keys.process.status()
    const { units } = await enrolDistrict(served.known, served.code, 1)
    t.is(units.length, 1)
    const after = await keys.process.status()
    t.true(after.certificates > before.certificates)
    t.true(after.crls > 0)
    const { lines } = readRecord(readFileSync(join(state, 'signatures.jsonl')))
    t.is(lines.length, after.certificates + after.crls)
    // What the record says was signed stands in the box's register.
    const serials = lines.flatMap(({ line }) => (line.kind === 'certificate' ? [line.serial] : []))
    const enrolled = units.flatMap(({ enrolled: { keys: own } }) =>
      own.map(({ certificate }) => certificate),
    )
    for (const one of enrolled) t.true(serials.includes(readCertificate(one).serialNumber))
  },
)

test('the folder of data has no issuing key, and nothing over the socket gives one', async (t) => {
  t.false(existsSync(join(served.data, 'keys/issuing.key')))
  for (const path of ['/keys/issuing/key', '/keys/../state/issuing.key', '/keys/issuing.key', '/'])
    t.is((await ask('GET', path)).status, 404, path)
  await t.throwsAsync(keys.process.keys.exportPem('issuing'), { code: 'CA_KEY_NOT_EXPORTABLE' })
  await t.throwsAsync(keys.process.keys.generate('issuing-2', 'ecdsa-p256-sha256'), {
    code: 'CA_KEY_NOT_EXPORTABLE',
  })
})

test('no certificate of an authority is signed, least of all under the issuer’s own name', async (t) => {
  // The lint of whoever asks is out of the way: the root signs such things.
  const root = served.box.parts.authority.chain[1] ?? new Uint8Array()
  const below = await tbsOf(root, { profile: 'issuing' })
  t.is((await ask('POST', '/keys/issuing/sign', below)).status, 422)
  const renamed = replace(below, readIssuer(root).subject.raw, readIssuer(issuing()).subject.raw)
  const answer = await ask('POST', '/keys/issuing/sign', renamed)
  t.is(answer.status, 422)
  t.true(lintOf(answer).includes('e_ca_not_as_profile'), answer.body)
})

/** The first `from` in `bytes` as `to`, the outer length corrected. */
function replace(bytes: Uint8Array, from: Uint8Array, to: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes)
  const at = text.indexOf(from)
  const header = (text[1] ?? 0) < 0x80 ? 2 : 2 + ((text[1] ?? 0) & 0x7f)
  const inner = [text.subarray(header, at), to, text.subarray(at + from.length)]
  return der.sequence(...inner.map((part) => new Uint8Array(part)))
}

test('what holders may have is signed, the same under another issuer’s name is not', async (t) => {
  const good = await tbsOf(issuing())
  t.is((await ask('POST', '/keys/issuing/sign', good)).status, 200)
  const other = replace(
    good,
    readIssuer(issuing()).subject.raw,
    readIssuer(served.box.parts.authority.chain[1] ?? good).subject.raw,
  )
  t.is((await ask('POST', '/keys/issuing/sign', other)).status, 422)
})

const hostile: readonly (readonly [title: string, bytes: Uint8Array])[] = [
  ['nothing', new Uint8Array()],
  ['a statement', new TextEncoder().encode('{"type":"dispatch"}')],
  ['the attributes of a signature', der.implicit(0, der.integer(1))],
  ['a list without a number', der.sequence(der.integer(1), der.sequence(), der.sequence())],
]

for (const [title, bytes] of hostile) {
  test(`the key does not sign ${title}`, async (t) => {
    t.is((await ask('POST', '/keys/issuing/sign', bytes)).status, 422)
  })
}

test('a production key whose passphrase nobody has given yet is locked', async (t) => {
  const locked = join(folder, 'locked')
  await mkdir(locked)
  await copyFile(join(state, 'issuing.key'), join(locked, 'issuing.key'))
  const passphrase = join(locked, 'passphrase')
  const waiting = await startKeys(locked, { more: ['--passphrase-file', passphrase] })
  t.teardown(() => waiting.stop())
  const open = () => waiting.process.keys.open('issuing', issuing())
  await t.throwsAsync(open, { code: 'CA_KEY_FILE_LOCKED' })
  // As the console leaves it, without a restart.
  await copyFile(join(state, 'unattended.secret'), passphrase)
  t.is((await open()).algorithm, 'ecdsa-p256-sha256')
})

test('a key is held to its first certificate', async (t) => {
  // Of another key.
  const root = served.box.parts.authority.chain[1] ?? new Uint8Array()
  t.is((await ask('POST', '/keys/issuing/certificate', root)).status, 422)
  t.is((await ask('POST', '/keys/issuing/certificate', issuing())).status, 204)
})

test('other keys than issuing ones are none of its business', async (t) => {
  for (const name of ['journal', 'tls', 'root', 'issuing-0'])
    t.not((await ask('POST', `/keys/${name}/sign`, new Uint8Array(4))).status, 200, name)
})

test('a backup gets the sealed files encrypted to the first recipient alone', async (t) => {
  const pair = ageKeyPair(systemRandom(32))
  const file = join(folder, 'keys.age')
  writeFileSync(file, await keys.process.sealedKeys(pair.recipient))
  const identity = join(folder, 'identity.txt')
  writeFileSync(identity, `${pair.identity}\n`)
  const { stdout } = await run('age', ['-d', '-i', identity, file])
  const { files } = JSON.parse(stdout) as { files: { name: string; text: string }[] }
  t.deepEqual(files, [
    { name: 'issuing.key', text: readFileSync(join(state, 'issuing.key'), 'utf8') },
  ])
  const own = ageKeyPair(systemRandom(32))
  await t.throwsAsync(keys.process.sealedKeys(own.recipient), { code: 'CA_KEYS_RECIPIENT_CHANGED' })
  // As root does at the word of somebody at the console, who saw which one was asked for; without a restart.
  t.is(await readRecipientFile(state, 'refused'), own.recipient)
  await writeRecipient(state, own.recipient)
  t.truthy(await keys.process.sealedKeys(own.recipient))
  await t.throwsAsync(keys.process.sealedKeys(pair.recipient), {
    code: 'CA_KEYS_RECIPIENT_CHANGED',
  })
})

test('where there is no such process, there is nobody to ask', (t) => {
  t.is(openKeysProcess(join(folder, 'nowhere')), undefined)
})

test('a process that is gone is told as such', async (t) => {
  const alone = join(folder, 'gone')
  await copyKeys(alone)
  const gone = await startKeys(alone)
  const signer: Signer = await gone.process.keys.open('issuing', issuing())
  await gone.stop()
  await t.throwsAsync(signer.sign(await tbsOf(issuing())), { code: 'CA_KEYS_SILENT' })
})

test('a box whose issuing keys do not answer opens, serves what it has, and issues once they answer again', async (t) => {
  const own = join(folder, 'own')
  let broken: RunningKeys | undefined
  const box = await serveNewBox(undefined, async (data) => {
    await moveKeys(data, own)
    broken = await startKeys(own)
    // Its socket stays, as systemd's does.
    broken.child.kill('SIGKILL')
    await once(broken.child, 'exit')
    return { keysSocket: broken.socket }
  })
  t.teardown(() => box.close())
  t.is((await fetch(`http://127.0.0.1:${String(box.serving.pkiPort)}/healthz`)).status, 200)
  const { trust } = box.box
  const issuer = trust.authority.chain[0] ?? new Uint8Array()
  const sign = async () => trust.authoritySigner('issuing')?.sign(await tbsOf(issuer))
  await t.throwsAsync(sign, { code: 'CA_KEYS_SILENT' })
  rmSync(join(own, 'socket'))
  const mended = await startKeys(own)
  t.teardown(() => mended.stop())
  t.truthy(await sign())
  const { units } = await enrolDistrict(box.known, box.code, 1)
  t.is(units.length, 1)
})

test('a passphrase that opens nothing is read anew', async (t) => {
  const mistyped = join(folder, 'mistyped')
  await mkdir(mistyped)
  await copyFile(join(state, 'issuing.key'), join(mistyped, 'issuing.key'))
  const passphrase = join(mistyped, 'passphrase')
  writeFileSync(passphrase, 'not this one at all')
  const waiting = await startKeys(mistyped, { more: ['--passphrase-file', passphrase] })
  t.teardown(() => waiting.stop())
  const open = () => waiting.process.keys.open('issuing', issuing())
  await t.throwsAsync(open, { code: 'CA_KEY_FILE_LOCKED' })
  await copyFile(join(state, 'unattended.secret'), passphrase)
  t.is((await open()).algorithm, 'ecdsa-p256-sha256')
})

/** A second folder with the same key. */
async function copyKeys(to: string): Promise<void> {
  await mkdir(to)
  for (const name of ['issuing.key', 'unattended.secret'])
    await copyFile(join(state, name), join(to, name))
}
