/** Keys on a PKCS#11 token, held against SoftHSM and, from the other side, OpenSC's `pkcs11-tool` and OpenSSL. */
import { constants, createPublicKey, verify } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import test from 'ava'
import {
  createKeyStores,
  createMemoryKeys,
  createTokenKeys,
  openToken,
  signatureSuites,
  type Token,
} from '../../../ca/index.ts'
import { openDistrict, tool } from '../trust/district.ts'

const module = '/usr/lib/softhsm/libsofthsm2.so'
const pin = '密1234'
const bytes = new TextEncoder().encode('印匣')

// SoftHSM reads its configuration once a process, when it is first initialised.
let directory = ''
test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sealbox-token-'))
  await mkdir(join(directory, 'tokens'))
  const configuration = join(directory, 'softhsm2.conf')
  await writeFile(configuration, `directories.tokendir = ${join(directory, 'tokens')}\n`)
  process.env['SOFTHSM2_CONF'] = configuration
  for (const label of ['district', 'other', 'twice', 'twice']) {
    const made = await tool(
      'softhsm2-util',
      ...['--init-token', '--free', '--label', label, '--so-pin', '5678', '--pin', pin],
    )
    if (made.status !== 0) throw new Error(made.output)
  }
})
test.after.always(() => rm(directory, { recursive: true }))

// Before anyone has logged in: a PIN is checked by the token at the first log-in of a process.
test.serial(
  'a wrong PIN, a label of no token, of two tokens, and a file that is no module are each told',
  async (t) => {
    await t.throwsAsync(openToken({ module, label: 'other', pin: 'wrong' }), {
      code: 'CA_TOKEN_LOCKED',
    })
    for (const label of ['nowhere', 'twice', '']) {
      await t.throwsAsync(openToken({ module, label, pin }), { code: 'CA_TOKEN_UNKNOWN' }, label)
    }
    for (const bad of ['/no/such/module.so', '/lib/x86_64-linux-gnu/libc.so.6', process.execPath]) {
      await t.throwsAsync(openToken({ module: bad, label: 'district', pin }), {
        code: 'CA_TOKEN_UNAVAILABLE',
      })
    }
  },
)

const openDistrictToken = (): Promise<Token> => openToken({ module, label: 'district', pin })

for (const algorithm of ['ecdsa-p256-sha256', 'ecdsa-p384-sha384', 'rsa-sha256'] as const) {
  test.serial(
    `a key of ${algorithm} is made on the token, signs what verifies, and never leaves`,
    async (t) => {
      const token = await openDistrictToken()
      t.teardown(() => token.close())
      const keys = createTokenKeys(token, 'box-')
      const name = `issuing-${algorithm.slice(0, -7)}`
      t.false(await keys.has(name))
      await t.throwsAsync(keys.openKey(name), { code: 'CA_KEY_FILE_MISSING' })
      const publicKey = await keys.generate(name, algorithm)
      await t.throwsAsync(keys.generate(name, algorithm), { code: 'CA_KEY_FILE_EXISTS' })
      const key = await keys.openKey(name)
      t.is(key.algorithm, algorithm)
      t.deepEqual(key.publicKey, publicKey)
      const spki = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
      const signatures = await Promise.all([key.sign(bytes), key.sign(bytes), key.sign(bytes)])
      const { digest } = signatureSuites[algorithm]
      for (const signature of signatures) t.true(verify(digest, bytes, spki, signature))
      t.false(verify(digest, bytes.subarray(1), spki, signatures[0]))
      const secret = algorithm === 'rsa-sha256' ? 'publicExponent' : 'value'
      const [handle = 0] = await token.find({ class: 3, label: `box-${name}` })
      if (secret === 'value') t.is(await token.read(handle, 'value'), undefined)
      const truth = async (type: Parameters<Token['read']>[1]): Promise<number | undefined> =>
        (await token.read(handle, type))?.[0]
      t.is(await truth('sensitive'), 1)
      t.is(await truth('extractable'), 0)
      t.is(await truth('alwaysSensitive'), 1)
      t.is(await truth('neverExtractable'), 1)
      await t.throwsAsync(keys.exportPem(name), { code: 'CA_KEY_NOT_EXPORTABLE' })
      const listed = await tool(
        'pkcs11-tool',
        ...['--module', module, '--token-label', 'district', '--login', '--pin', pin],
        ...['--list-objects', '--type', 'privkey', '--label', `box-${name}`],
      )
      t.regex(listed.output, /Access:\s+sensitive, always sensitive, never extract/)
    },
  )
}

test.serial('a token signs by RSASSA-PSS where it is told to', async (t) => {
  const token = await openDistrictToken()
  t.teardown(() => token.close())
  const keys = createTokenKeys(token, 'pss-', { rsaPadding: 'pss' })
  const publicKey = await keys.generate('seal', 'rsa-pss-sha256')
  const key = await keys.openKey('seal')
  t.is(key.algorithm, 'rsa-pss-sha256')
  const spki = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
  const pss = { key: spki, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  const signature = await key.sign(bytes)
  t.true(verify('sha256', bytes, pss, signature))
  t.false(verify('sha256', bytes, spki, signature))
})

test.serial(
  'a key that others put on the token, and that could leave it, is not used',
  async (t) => {
    const made = await tool(
      'pkcs11-tool',
      ...['--module', module, '--token-label', 'district', '--login', '--pin', pin],
      ...['--keypairgen', '--key-type', 'EC:prime256v1', '--label', 'box-loose', '--extractable'],
    )
    t.is(made.status, 0, made.output)
    const token = await openDistrictToken()
    t.teardown(() => token.close())
    await t.throwsAsync(createTokenKeys(token, 'box-').openKey('loose'), {
      code: 'CA_TOKEN_KEY_LOOSE',
    })
  },
)

test.serial('two keys of one name on the token are not guessed between', async (t) => {
  for (const key of ['one', 'two']) {
    const made = await tool(
      'pkcs11-tool',
      ...['--module', module, '--token-label', 'district', '--login', '--pin', pin],
      ...['--keypairgen', '--key-type', 'EC:prime256v1', '--label', 'box-pair', '--sensitive'],
    )
    t.is(made.status, 0, `${key} ${made.output}`)
  }
  const token = await openDistrictToken()
  t.teardown(() => token.close())
  await t.throwsAsync(createTokenKeys(token, 'box-').openKey('pair'), { code: 'CA_TOKEN_FAILED' })
})

test.serial(
  'two boxes keep their keys apart on one token, and no Ed25519 key is made on it',
  async (t) => {
    const token = await openDistrictToken()
    t.teardown(() => token.close())
    const [mine, theirs] = [createTokenKeys(token, 'a-'), createTokenKeys(token, 'b-')]
    await mine.generate('ocsp', 'ecdsa-p256-sha256')
    t.false(await theirs.has('ocsp'))
    await t.throwsAsync(mine.generate('journal', 'ed25519'), { code: 'CA_KEY_FILE_MALFORMED' })
  },
)

test.serial(
  'a key on the token is refused with the certificate of another; names find their store',
  async (t) => {
    const district = await openDistrict()
    t.teardown(() => district.close())
    const token = await openDistrictToken()
    t.teardown(() => token.close())
    const onToken = createTokenKeys(token, 'stores-')
    const inMemory = createMemoryKeys()
    const stores = createKeyStores((name) => (name === 'issuing' ? onToken : inMemory))
    await stores.generate('issuing', 'ecdsa-p256-sha256')
    await stores.generate('tls', 'ecdsa-p256-sha256')
    t.deepEqual(await Promise.all([onToken.has('issuing'), inMemory.has('issuing')]), [true, false])
    t.deepEqual(await Promise.all([onToken.has('tls'), inMemory.has('tls')]), [false, true])
    await t.throwsAsync(stores.open('issuing', district.certificates.issuing), {
      code: 'CA_KEY_FILE_MALFORMED',
    })
    t.regex(await stores.exportPem('tls'), /^-----BEGIN PRIVATE KEY-----/)
    const again = createMemoryKeys({ tls: inMemory.exportPkcs8('tls') })
    t.deepEqual((await again.openKey('tls')).publicKey, (await inMemory.openKey('tls')).publicKey)
  },
)

test.serial('signing on the token holds the event loop up for no time to speak of', async (t) => {
  const token = await openDistrictToken()
  t.teardown(() => token.close())
  const keys = createTokenKeys(token, 'busy-')
  await keys.generate('root', 'rsa-sha256')
  const key = await keys.openKey('root')
  let beats = 0
  const beat = setInterval(() => {
    beats++
  }, 1)
  await Promise.all(Array.from({ length: 20 }, () => key.sign(bytes)))
  clearInterval(beat)
  t.true(beats >= 5, `${String(beats)} turns of the loop in the time of twenty signatures`)
})

test.serial('a token goes on signing whatever the collector takes away meanwhile', async (t) => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const token = await openDistrictToken()
  t.teardown(() => token.close())
  const keys = createTokenKeys(token, 'kept-')
  await keys.generate('root', 'ecdsa-p256-sha256')
  const key = await keys.openKey('root')
  for (let round = 0; round < 20; round++) {
    const signing = [key.sign(bytes), key.sign(bytes)]
    collect()
    for (const signature of await Promise.all(signing)) t.true(signature.length > 60)
    collect()
  }
})
