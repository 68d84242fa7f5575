/** Sealed key files and the key folder, with OpenSSL as the other reader. */
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import {
  createKeyFolder,
  openKeyFile,
  sealKeyFile,
  digestOctets,
  signatureSuites,
  type KeyFolder,
  type SignatureAlgorithm,
} from '../../../ca/index.ts'
import { openDistrict, seededRandom, tool } from './district.ts'

const passphrase = '密码 correct horse'
const privateKey = new Uint8Array(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'der',
    type: 'pkcs8',
  }),
)

for (const strength of ['random', 'passphrase'] as const) {
  test(`a file sealed at the cost for ${strength} opens here and with openssl pkcs8`, async (t) => {
    const random = seededRandom(strength)
    const text = await sealKeyFile({ privateKey, passphrase, strength, random })
    t.deepEqual(await openKeyFile(text, passphrase), privateKey)
    const directory = await mkdtemp(join(tmpdir(), 'sealbox-key-'))
    t.teardown(() => rm(directory, { recursive: true }))
    const path = join(directory, 'x.key')
    await writeFile(path, text)
    const open = (secret: string): ReturnType<typeof tool> =>
      tool('openssl', 'pkcs8', '-in', path, '-passin', `pass:${secret}`, '-outform', 'PEM')
    const expected = Buffer.from(privateKey).toString('base64').slice(0, 60)
    t.true((await open(passphrase)).output.includes(expected))
    t.not((await open('wrong')).status, 0)
  })
}

test('a file that OpenSSL sealed by scrypt opens here', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'sealbox-key-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const [plain, sealed] = [join(directory, 'plain.der'), join(directory, 'sealed.pem')]
  await writeFile(plain, privateKey)
  const made = await tool(
    'openssl',
    ...['pkcs8', '-topk8', '-inform', 'DER', '-in', plain, '-out', sealed],
    ...['-scrypt', '-passout', `pass:${passphrase}`],
  )
  t.is(made.status, 0, made.output)
  t.deepEqual(await openKeyFile(await readFile(sealed, 'utf8'), passphrase), privateKey)
})

test('a wrong passphrase is told from a file that is none', async (t) => {
  const text = await sealKeyFile({
    privateKey,
    passphrase,
    strength: 'random',
    random: seededRandom('x'),
  })
  await t.throwsAsync(openKeyFile(text, 'wrong'), { code: 'CA_KEY_FILE_LOCKED' })
  await t.throwsAsync(openKeyFile(text, ''), { code: 'CA_KEY_FILE_LOCKED' })
  const garbage = [
    '',
    'garbage',
    text.slice(0, 200),
    text.replace('ENCRYPTED ', ''),
    text.replace('-----\nM', '-----\nA'),
    `${text}${text}`,
    'x'.repeat(20_000),
  ]
  for (const bad of garbage) {
    await t.throwsAsync(
      openKeyFile(bad, passphrase),
      { code: 'CA_KEY_FILE_MALFORMED' },
      bad.slice(0, 40),
    )
  }
})

test('of many wrong passphrases none opens a file, whatever the padding says', async (t) => {
  // One in 256 leaves good padding behind. Seed: "padding"; 300 tries, 10,000 in full.
  const text = await sealKeyFile({
    privateKey,
    passphrase,
    strength: 'random',
    random: seededRandom('padding'),
  })
  const tries = process.env['SEALBOX_TEST_FULL'] === '1' ? 10_000 : 300
  for (let attempt = 0; attempt < tries; attempt++) {
    await t.throwsAsync(openKeyFile(text, String(attempt)), { code: 'CA_KEY_FILE_LOCKED' })
  }
})

function folderIn(directory: string, secret = passphrase): KeyFolder {
  return createKeyFolder({
    directory,
    passphrase: secret,
    secretStrength: 'random',
    random: seededRandom('folder'),
  })
}

test('a key is stored whole, readable by its owner alone, once', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'sealbox-keys-'))
  t.teardown(() => rm(parent, { recursive: true }))
  const directory = join(parent, 'keys')
  const keys = folderIn(directory)
  t.false(await keys.has('root'))
  await t.throwsAsync(keys.openKey('root'), { code: 'CA_KEY_FILE_MISSING' })
  const publicKey = await keys.generate('root', 'ecdsa-p256-sha256')
  t.true(await keys.has('root'))
  t.deepEqual((await keys.openKey('root')).publicKey, publicKey)
  t.deepEqual(await readdir(directory), ['root.key'])
  t.is((await stat(join(directory, 'root.key'))).mode & 0o777, 0o600)
  t.is((await stat(directory)).mode & 0o777, 0o700)
  await t.throwsAsync(keys.generate('root', 'ecdsa-p256-sha256'), { code: 'CA_KEY_FILE_EXISTS' })
  await t.throwsAsync(folderIn(directory, 'wrong').openKey('root'), {
    code: 'CA_KEY_FILE_LOCKED',
  })
  for (const name of ['../root', '', 'A', 'a/b'])
    await t.throwsAsync(keys.has(name), { instanceOf: TypeError })
  t.regex(await keys.exportPem('root'), /^-----BEGIN PRIVATE KEY-----/)
})

test('keys of every suite sign what verifies; a key is refused with the certificate of another', async (t) => {
  const district = await openDistrict()
  t.teardown(() => district.close())
  const keys = folderIn(join(district.directory, 'keys'), 'correct horse')
  const bytes = new TextEncoder().encode('印匣')
  for (const algorithm of Object.keys(signatureSuites) as SignatureAlgorithm[]) {
    await keys.generate(algorithm, algorithm)
    const key = await keys.openKey(algorithm)
    t.is(key.algorithm, algorithm)
    const publicKey = createPublicKey({
      key: Buffer.from(key.publicKey),
      format: 'der',
      type: 'spki',
    })
    const { digest: hash, parameters } = signatureSuites[algorithm]
    const digest = algorithm === 'ed25519' ? null : hash
    const saltLength = parameters === 'pss' ? digestOctets[hash] : undefined
    const signature = await key.sign(bytes)
    t.true(verify(digest, bytes, { key: publicKey, saltLength }, signature))
    t.false(verify(digest, bytes.subarray(1), { key: publicKey, saltLength }, signature))
  }
  const { ocsp, journal } = district.certificates
  t.is((await keys.open('journal', journal)).algorithm, 'ed25519')
  await t.throwsAsync(keys.open('journal', ocsp), { code: 'CA_KEY_FILE_MALFORMED' })
})
