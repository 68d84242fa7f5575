/** The key file: opens with both secrets, with nothing else, and not if anything in it was changed. */
import {
  createHash,
  createPrivateKey,
  hkdfSync,
  createDecipheriv,
  argon2Sync,
  sign,
  verify,
  createPublicKey,
  generateKeyPairSync,
  X509Certificate,
} from 'node:crypto'
import test from 'ava'
import fc from 'fast-check'
import { argon2id as wasmArgon2id } from 'hash-wasm'
import { argon2id } from '../../appliance/unit/argon2id.ts'
import type { Random } from '../../ca/random.ts'
import type { Argon2id, KeyFile, UnitSigningKey } from '../../provisioning/kit/index.ts'
import {
  argon2Costs,
  exportPkcs8,
  holderOfKey,
  makeUnitKey,
  maxKeyFileBytes,
  openKeyFile,
  readKeyFile,
  signersOf,
  withCertificates,
  wrapKeys,
  writeKeyFile,
} from '../../provisioning/kit/index.ts'
import { makeCertificate } from './test_root.ts'

/** Changed bytes: 150, or 5,000 in the full count; seed 20100802. */
const numRuns = process.env['SEALBOX_TEST_FULL'] === '1' ? 5_000 : 150
const seed = 20100802
const passphrase = '青禾区办公室 2026'
const unitSecret = Uint8Array.from({ length: 16 }, (_, at) => at + 1)
const owner = { id: '11999901PDY900018L', name: '中共青禾区委办公室' }

let drawn = 0
const random: Random = (length) => {
  drawn += 1
  const bytes = createHash('sha512')
    .update(`key file ${String(drawn)}`)
    .digest()
  return new Uint8Array(bytes.subarray(0, length))
}

async function newKey(use: 'seat-signing' | 'unit-seal', seat?: string): Promise<UnitSigningKey> {
  const key = await makeUnitKey()
  const certificate = await makeCertificate(key)
  const pkcs8 = await exportPkcs8(key)
  return { use, ...(seat === undefined ? {} : { seat }), certificate, pkcs8 }
}

const keys = [
  await newKey('seat-signing', 'clerk'),
  await newKey('seat-signing', 'leader'),
  await newKey('unit-seal'),
]
const unlocking = { passphrase, unitSecret, argon2id }
const nodeKey = ({ pkcs8 }: UnitSigningKey) =>
  createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
const file = await wrapKeys({ owner, keys, ...unlocking, cost: argon2Costs.fast, random })

test('a key file opens with passphrase and unit secret, and its keys sign', async (t) => {
  const opened = await openKeyFile(readKeyFile(writeKeyFile(file)), unlocking)
  t.deepEqual(
    opened.map(({ use, seat }) => [use, seat]),
    [
      ['seat-signing', 'clerk'],
      ['seat-signing', 'leader'],
      ['unit-seal', undefined],
    ],
  )
  for (const [at, key] of opened.entries()) {
    t.deepEqual(key.certificate, keys[at]?.certificate)
    const signature = sign('sha256', Buffer.from('x'), nodeKey(key))
    const known = keys[at]
    t.true(known && verify('sha256', Buffer.from('x'), createPublicKey(nodeKey(known)), signature))
  }
})

test('a passphrase typed with combining accents is the same passphrase', async (t) => {
  const options = { owner, keys: keys.slice(0, 1), ...unlocking, cost: argon2Costs.fast, random }
  const made = await wrapKeys({ ...options, passphrase: 'caf\u00e9' })
  t.is((await openKeyFile(made, { ...unlocking, passphrase: 'cafe\u0301' })).length, 1)
})

test('the cost is the recommended one of RFC 9106 unless the fast one is asked for', async (t) => {
  const made = await wrapKeys({ owner, keys: keys.slice(0, 1), ...unlocking, random })
  t.like(made.kdf, { name: 'argon2id', memoryKiB: 65_536, passes: 3, parallelism: 4 })
  t.is((await openKeyFile(made, unlocking)).length, 1)
  t.not(made.kdf.salt, file.kdf.salt)
})

/** As a page has it. */
const pageArgon2id: Argon2id = ({ message, salt, memoryKiB, passes, parallelism, tagBytes }) =>
  wasmArgon2id({
    password: message,
    salt,
    memorySize: memoryKiB,
    iterations: passes,
    parallelism,
    hashLength: tagBytes,
    outputType: 'binary',
  })

test('a file made on the command line opens in a page, and the other way round', async (t) => {
  const inPage = { ...unlocking, argon2id: pageArgon2id }
  t.is((await openKeyFile(file, inPage)).length, keys.length)
  const cost = { memoryKiB: 512, passes: 2, parallelism: 4 }
  const made = await wrapKeys({ owner, keys, ...inPage, cost, random })
  const opened = await openKeyFile(made, unlocking)
  t.deepEqual(
    opened.map(({ pkcs8 }) => Buffer.from(pkcs8)),
    keys.map(({ pkcs8 }) => Buffer.from(pkcs8)),
  )
})

test('a key that is not of P-256 is refused before anything is wrapped', async (t) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const pkcs8 = new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }))
  const options = { owner, ...unlocking, cost: argon2Costs.fast, random }
  for (const wrong of [pkcs8, Uint8Array.of(1, 2, 3)]) {
    await t.throwsAsync(wrapKeys({ ...options, keys: [{ use: 'unit-seal', pkcs8: wrong }] }), {
      code: 'KEY_FILE_KEY_REFUSED',
    })
  }
})

test('a key without a certificate gets the one of its public key, and signs as its holder', async (t) => {
  const bare = keys.map(({ certificate, ...rest }) => {
    t.truthy(certificate)
    return rest
  })
  const made = await wrapKeys({ owner, keys: bare, ...unlocking, cost: argon2Costs.fast, random })
  const opened = await openKeyFile(made, unlocking)
  t.deepEqual(await signersOf(owner, opened), [])
  const certificates = keys.flatMap(({ certificate }) => certificate ?? []).toReversed()
  const signers = await signersOf(owner, withCertificates(opened, certificates))
  t.deepEqual(
    signers.map(({ holder }) => holder),
    [`seat:${owner.id}/clerk`, `seat:${owner.id}/leader`, `unit:${owner.id}`],
  )
  for (const [at, signer] of signers.entries()) {
    const { certificate } = signer
    t.deepEqual(certificate, keys[at]?.certificate)
    const { publicKey } = new X509Certificate(certificate)
    const signature = await signer.sign(Buffer.from('x'))
    t.true(verify('sha256', Buffer.from('x'), publicKey, signature))
    t.false(verify('sha256', Buffer.from('y'), publicKey, signature))
  }
  t.is(holderOfKey('officer-1', { use: 'seat-signing', seat: 'self' }), 'person:officer-1')
})

test('a wrong passphrase and a wrong unit secret are told alike', async (t) => {
  const wrong: [string, Uint8Array][] = [
    [`${passphrase}!`, unitSecret],
    ['', unitSecret],
    ['x'.repeat(2000), unitSecret],
    [passphrase, unitSecret.with(0, 0)],
    [passphrase, unitSecret.subarray(1)],
  ]
  for (const [typed, secret] of wrong) {
    const error = await t.throwsAsync(
      openKeyFile(file, { passphrase: typed, unitSecret: secret, argon2id }),
      { code: 'KEY_FILE_LOCKED' },
    )
    t.is(error.message, 'the passphrase or the unit secret is wrong')
    t.is(error.cause, undefined)
  }
})

const swapped = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
const first = file.keys[0]
const second = file.keys[1]
const third = file.keys[2]
if (!first || !second || !third) throw new Error('three keys were wrapped')

const tamperings: readonly [what: string, changed: KeyFile, code: string][] = [
  ['the owner', { ...file, owner: { ...owner, name: '别的单位' } }, 'KEY_FILE_TAMPERED'],
  [
    'the owner code',
    { ...file, owner: { ...owner, id: '11999901PDY900026F' } },
    'KEY_FILE_TAMPERED',
  ],
  ['a key left out', { ...file, keys: [first, second] }, 'KEY_FILE_TAMPERED'],
  ['a key twice', { ...file, keys: [...file.keys, third] }, 'KEY_FILE_TAMPERED'],
  ['keys in another order', { ...file, keys: [second, first, third] }, 'KEY_FILE_TAMPERED'],
  [
    'a certificate left out',
    { ...file, keys: [without(first), second, third] },
    'KEY_FILE_TAMPERED',
  ],
  [
    'wrapped bytes exchanged',
    { ...file, keys: [exchanged(first, second), exchanged(second, first), third] },
    'KEY_FILE_TAMPERED',
  ],
  [
    'wrapped bytes changed',
    { ...file, keys: [{ ...first, wrapped: swapped(first.wrapped) }, second, third] },
    'KEY_FILE_TAMPERED',
  ],
  [
    'an initialisation vector changed',
    { ...file, keys: [{ ...first, iv: swapped(first.iv) }, second, third] },
    'KEY_FILE_TAMPERED',
  ],
  [
    'a public key of another key',
    { ...file, keys: [{ ...first, publicKey: second.publicKey }, second, third] },
    'KEY_FILE_TAMPERED',
  ],
  [
    'another salt',
    { ...file, kdf: { ...file.kdf, salt: swapped(file.kdf.salt) } },
    'KEY_FILE_LOCKED',
  ],
  ['another cost', { ...file, kdf: { ...file.kdf, passes: 2 } }, 'KEY_FILE_LOCKED'],
  ['another check value', { ...file, check: swapped(file.check) }, 'KEY_FILE_LOCKED'],
]

for (const [what, changed, code] of tamperings) {
  test(`a changed file is refused: ${what}`, async (t) => {
    await t.throwsAsync(openKeyFile(changed, unlocking), { code })
  })
}

test('a seat for the seal or none for a seat is refused', async (t) => {
  const relabelled = { ...file, keys: [{ ...third, seat: 'clerk' }] } as unknown as KeyFile
  await t.throwsAsync(openKeyFile(relabelled, unlocking), {
    code: 'KEY_FILE_MALFORMED',
  })
  const options = { owner, ...unlocking, cost: argon2Costs.fast, random }
  const [key] = keys
  if (!key) throw new Error('there are keys')
  const { seat, ...noSeat } = key
  t.is(seat, 'clerk')
  await t.throwsAsync(wrapKeys({ ...options, keys: [noSeat] }), { code: 'KEY_FILE_MALFORMED' })
  await t.throwsAsync(wrapKeys({ ...options, keys: [] }), { code: 'KEY_FILE_MALFORMED' })
})

test('a certificate of another key is refused before anything is wrapped', async (t) => {
  const [clerk, leader] = keys
  if (!clerk?.certificate || !leader) throw new Error('there are keys')
  const options = { owner, ...unlocking, cost: argon2Costs.fast, random }
  for (const certificate of [clerk.certificate, Uint8Array.of(1, 2, 3)]) {
    await t.throwsAsync(wrapKeys({ ...options, keys: [{ ...leader, certificate }] }), {
      code: 'KEY_FILE_KEY_REFUSED',
    })
  }
})

test('a file with any byte changed never opens to other keys', async (t) => {
  const bytes = writeKeyFile(file)
  const change = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }))
  await fc.assert(
    fc.asyncProperty(change, async ([at, flip]) => {
      const changed = bytes.with(at, (bytes[at] ?? 0) ^ flip)
      const code = await codeOf(async () => openKeyFile(readKeyFile(changed), unlocking))
      t.regex(code, /^KEY_FILE_(LOCKED|TAMPERED|MALFORMED)$/)
    }),
    { numRuns, seed },
  )
})

test('what is no key file is refused, and nothing asks the machine for more than the limits', (t) => {
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  for (const bytes of [
    new Uint8Array(),
    Uint8Array.of(0xff),
    text(null),
    text({ ...file, version: 2 }),
    text({ ...file, extra: 1 }),
    text({ ...file, kdf: { ...file.kdf, memoryKiB: 2 ** 30 } }),
    text({ ...file, kdf: { ...file.kdf, passes: 1000 } }),
    text({ ...file, keys: Array.from({ length: 65 }, () => first) }),
    text({ ...file, check: 'AAAA' }),
    text({ ...file, check: 'AAAAAAAAAAAAAAAAAAAAAB==' }),
    new Uint8Array(maxKeyFileBytes + 1),
  ]) {
    t.throws(() => readKeyFile(bytes), { code: 'KEY_FILE_MALFORMED' })
  }
})

test('another program opens the file by the format as it is documented', (t) => {
  const salt = Buffer.from(file.kdf.salt, 'base64')
  const stretched = argon2Sync('argon2id', {
    message: passphrase,
    nonce: salt,
    memory: file.kdf.memoryKiB,
    passes: file.kdf.passes,
    parallelism: file.kdf.parallelism,
    tagLength: 32,
  })
  const secret = Buffer.concat([stretched, unitSecret])
  const key = Buffer.from(hkdfSync('sha256', secret, salt, 'sealbox key file 1: wrap', 32))
  const publicKeys = file.keys.map((entry) =>
    Object.fromEntries(
      Object.entries(entry).filter(([name]) => name !== 'iv' && name !== 'wrapped'),
    ),
  )
  const facts = sorted({
    index: 2,
    kdf: file.kdf,
    keys: publicKeys,
    type: file.type,
    owner,
    version: 1,
  })
  const wrapped = Buffer.from(third.wrapped, 'base64')
  const opening = createDecipheriv('aes-256-gcm', key, Buffer.from(third.iv, 'base64'))
    .setAAD(Buffer.from(JSON.stringify(facts)))
    .setAuthTag(wrapped.subarray(-16))
  const der = Buffer.concat([opening.update(wrapped.subarray(0, -16)), opening.final()])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  t.is(
    createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).toString('base64'),
    third.publicKey,
  )
})

test('the file holds neither a private key nor the secrets in the clear', (t) => {
  const written = Buffer.from(writeKeyFile(file)).toString('latin1')
  const decoded = file.keys.map(({ wrapped }) => Buffer.from(wrapped, 'base64').toString('latin1'))
  for (const key of keys) {
    const { d = '' } = nodeKey(key).export({ format: 'jwk' })
    const scalar = Buffer.from(d, 'base64url')
    t.is(scalar.length, 32)
    t.false([written, ...decoded].some((text) => text.includes(scalar.toString('latin1'))))
    t.false(written.includes(scalar.toString('base64')))
  }
  t.false(written.includes(Buffer.from(unitSecret).toString('latin1')))
})

test('no error tells a passphrase, a secret or a key', async (t) => {
  const told: string[] = []
  const tell = async (action: () => unknown) => {
    try {
      await action()
    } catch (error) {
      const { message, stack = '', details } = error as Error & { details?: unknown }
      told.push(message, stack, JSON.stringify(details ?? null))
    }
  }
  await tell(() => openKeyFile(file, { ...unlocking, passphrase: 'wrong passphrase' }))
  for (const [, changed] of tamperings) await tell(() => openKeyFile(changed, unlocking))
  await tell(() => readKeyFile(new TextEncoder().encode(JSON.stringify({ passphrase }))))
  t.is(told.length, 3 * (tamperings.length + 2))
  const scalars = keys.map((key) => nodeKey(key).export({ format: 'jwk' }).d ?? '')
  for (const secret of [passphrase, 'wrong passphrase', ...scalars, '1,2,3,4,5,6']) {
    t.false(told.some((text) => text.includes(secret)))
  }
})

function without<Key extends KeyFile['keys'][number]>(key: Key): Key {
  const { certificate, ...rest } = key
  return certificate === undefined ? key : (rest as Key)
}

function exchanged<Key extends KeyFile['keys'][number]>(
  key: Key,
  other: KeyFile['keys'][number],
): Key {
  return { ...key, iv: other.iv, wrapped: other.wrapped }
}

async function codeOf(action: () => Promise<unknown>): Promise<string> {
  try {
    await action()
    return 'opened'
  } catch (error) {
    return String((error as { code?: unknown }).code)
  }
}

/** Members in the order of their names, as RFC 8785 writes them. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]))
}
