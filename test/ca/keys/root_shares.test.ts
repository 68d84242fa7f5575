/** The root key in shares: any m of n open it, fewer do not, and whoever brings a wrong one is told what is wrong with it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { combine } from 'shamir-secret-sharing'
import {
  canonicalJson,
  createMemoryKeys,
  createSystemClock,
  createTrialDistrict,
  openRootKey,
  sha256Hex,
  splitRootKey,
  toBase64,
  urlsBelow,
  type OfferedShare,
  type SplitRoot,
} from '../../../ca/index.ts'
import { openShare, readShare, type RootShare } from '../../../ca/keys/root_share.ts'
import { seededRandom, tool } from '../trust/district.ts'

const custodians = ['赵', '钱', '孙'].map((name) => ({ name, passphrase: `${name}的口令 1234` }))
const needed = 2

interface Split extends SplitRoot {
  readonly root: Uint8Array
  readonly offer: (...numbers: number[]) => OfferedShare[]
}

async function splitOne(seed: string): Promise<Split> {
  const keys = createMemoryKeys()
  const { certificates } = await createTrialDistrict({
    keys,
    clock: createSystemClock(),
    random: seededRandom(seed),
    districtName: '测试区',
    hostNames: ['localhost'],
    urls: urlsBelow('http://127.0.0.1:8080'),
  })
  const { root } = certificates
  const privateKey = keys.exportPkcs8('root')
  const made = await splitRootKey({
    ...{ privateKey, root, custodians, needed },
    ceremony: Buffer.from(seededRandom(seed)(16)).toString('hex'),
    districtName: '测试区',
    random: seededRandom(seed),
  })
  return {
    ...made,
    root,
    offer: (...numbers) =>
      numbers.map((number) => ({
        text: made.shares[number - 1] ?? '',
        passphrase: custodians[number - 1]?.passphrase ?? '',
      })),
  }
}

const split = splitOne('one')
const other = splitOne('two')
test('any two of three custodians open the root key, and all three', async (t) => {
  const { keyFile, root, offer } = await split
  for (const numbers of [
    [3, 1],
    [1, 2, 3],
  ]) {
    const { key, opened } = await openRootKey({ keyFile, root, shares: offer(...numbers) })
    t.is(key.algorithm, 'ecdsa-p256-sha256')
    t.deepEqual(
      opened.map(({ number }) => number),
      numbers,
    )
  }
})

test('one custodian alone, or none, is told how many are needed', async (t) => {
  const { keyFile, root, offer } = await split
  for (const shares of [offer(1), []]) {
    await t.throwsAsync(openRootKey({ keyFile, root, shares }), { code: 'CA_SHARES_TOO_FEW' })
  }
})

test('a share given twice counts once', async (t) => {
  const { keyFile, root, offer } = await split
  await t.throwsAsync(openRootKey({ keyFile, root, shares: offer(1, 1) }), {
    code: 'CA_SHARE_REPEATED',
  })
})

test('a stolen share without its passphrase opens nothing, nor does the passphrase of another custodian', async (t) => {
  const { keyFile, root, offer } = await split
  const [mine, theirs] = offer(1, 2)
  for (const passphrase of ['', theirs?.passphrase ?? '']) {
    const shares = [{ text: mine?.text ?? '', passphrase }, ...offer(2)]
    await t.throwsAsync(openRootKey({ keyFile, root, shares }), { code: 'CA_SHARE_LOCKED' })
  }
})

test('a mistyped share is told from one that is none, and both from one altered on purpose', async (t) => {
  const { keyFile, root, offer } = await split
  const [one] = offer(1)
  const text = one?.text ?? ''
  const opening = (changed: string): Promise<unknown> =>
    openRootKey({
      ...{ keyFile, root },
      shares: [{ text: changed, passphrase: one?.passphrase ?? '' }, ...offer(2)],
    })
  const mistyped = text.replace(/"custodian": "赵"/, '"custodian": "李"')
  await t.throwsAsync(opening(mistyped), { code: 'CA_SHARE_ALTERED' })
  for (const none of ['', '{}', text.slice(0, 100), 'x'.repeat(9000), text.replace('/1"', '/2"')]) {
    await t.throwsAsync(opening(none), { code: 'CA_SHARE_MALFORMED' }, none.slice(0, 20))
  }
  // An attacker makes the check fit; the sealing still names the custodian and the number.
  const forged: Partial<RootShare> = { ...readShare(text), custodian: '李' }
  delete forged.check
  const check = sha256Hex(canonicalJson(forged)).slice(0, 16)
  await t.throwsAsync(opening(JSON.stringify({ ...forged, check })), { code: 'CA_SHARE_LOCKED' })
})

test('a share file that asks for years of scrypt is no share', async (t) => {
  const { shares } = await split
  const greedy = (shares[0] ?? '').replace('"N": 16384', '"N": 1073741824')
  t.throws(() => readShare(greedy), { code: 'CA_SHARE_MALFORMED' })
})

test('shares of another ceremony, and the key file of another, are each refused by name', async (t) => {
  const [mine, theirs] = await Promise.all([split, other])
  const { keyFile, root } = mine
  const mixed = [...mine.offer(1), ...theirs.offer(2)]
  await t.throwsAsync(openRootKey({ keyFile, root, shares: mixed }), { code: 'CA_SHARE_FOREIGN' })
  await t.throwsAsync(openRootKey({ keyFile, root, shares: theirs.offer(1, 2) }), {
    code: 'CA_SHARE_FOREIGN',
  })
  await t.throwsAsync(openRootKey({ keyFile: theirs.keyFile, root, shares: mine.offer(1, 2) }), {
    code: 'CA_ROOT_KEY_FOREIGN',
  })
  await t.throwsAsync(openRootKey({ keyFile: 'x', root, shares: mine.offer(1, 2) }), {
    code: 'CA_KEY_FILE_MALFORMED',
  })
})

test('one custodian alone cannot be the quorum, nor more than there are', async (t) => {
  const base = {
    ...{ privateKey: new Uint8Array(), root: new Uint8Array(), ceremony: '0'.repeat(32) },
    ...{ districtName: '测试区', random: seededRandom('x') },
  }
  for (const [count, asked] of [
    [3, 1],
    [1, 1],
    [2, 3],
    [3, 0],
  ] as const) {
    await t.throwsAsync(
      splitRootKey({ ...base, custodians: custodians.slice(0, count), needed: asked }),
      { instanceOf: TypeError },
    )
  }
})

test('the sealed root key opens with openssl and the joined secret, without our code', async (t) => {
  const { keyFile, shares } = await split
  const parts = await Promise.all(
    shares
      .slice(1)
      .map((text, at) => openShare(readShare(text), custodians[at + 1]?.passphrase ?? '')),
  )
  const secret = toBase64(await combine(parts))
  const directory = await mkdtemp(join(tmpdir(), 'sealbox-root-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const path = join(directory, 'root.key')
  await writeFile(path, keyFile)
  const opened = await tool('openssl', 'pkcs8', '-in', path, '-passin', `pass:${secret}`)
  t.is(opened.status, 0, opened.output)
  t.regex(opened.output, /BEGIN PRIVATE KEY/)
})
