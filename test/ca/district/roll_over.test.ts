/**
 * Roll-over of root and issuing authority: during the overlap every leaf is valid below every root, by OpenSSL and by our own path
 * validation, and a link that is missing, or of a stranger, leads nowhere.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import {
  createDistrict,
  createMemoryKeys,
  createSystemClock,
  offlineCrl,
  rollOverIssuing,
  rollOverRoot,
  toPem,
  urlsBelow,
  type Signer,
} from '../../../ca/index.ts'
import { buildCertificate, drawSerial } from '../../../ca/certificates/build.ts'
import { buildCrl } from '../../../ca/crl/build.ts'
import { readCertificate, validatePath } from '../../../ca/path/index.ts'
import { seededRandom, tool } from '../trust/district.ts'

const origin = 'http://127.0.0.1:8080'
const clock = createSystemClock()
const at = clock.now()
const box = { mode: 'production', districtName: '测试区', hostNames: ['localhost'] } as const

/** Two roots, an issuing authority below each, a leaf below each of those, the links, and everybody's list. */
async function rolled(seed: string) {
  const random = seededRandom(seed)
  const keys = createMemoryKeys()
  const parts = { box, random, at, origin }
  const first = await createDistrict({ box, keys, clock, random, urls: urlsBelow(origin) })
  await keys.generate('root-2', 'ecdsa-p256-sha256')
  const second = await rollOverRoot(parts, {
    ...{ roots: [first.certificates.root], old: first.root },
    key: await keys.openKey('root-2'),
  })
  const { certificate: issuing2 } = await rollOverIssuing(parts, {
    ...{ root: second.root, keys },
    generations: { root: 2, issuing: 1, ocsp: 1 },
  })
  const issuers = [
    await keys.open('issuing', first.certificates.issuing),
    await keys.open('issuing-2', issuing2),
  ]
  const leaf = async (issuer: Signer, name: string): Promise<Uint8Array> =>
    buildCertificate(
      {
        profile: 'unit-seal',
        subject: { organization: '测试区', commonName: name },
        publicKey: await createMemoryKeys().generate('x', 'ecdsa-p256-sha256'),
        serial: drawSerial(random),
        notBefore: at,
        urls: urlsBelow(origin),
      },
      issuer,
    )
  const [old, fresh] = issuers as [Signer, Signer]
  const lists = [await offlineCrl(first.root, { at }), await offlineCrl(second.root, { at })]
  const online = issuers.map((signer) =>
    buildCrl({
      ...{ signer, number: 1, thisUpdate: at, revoked: [] },
      nextUpdate: new Date(at.getTime() + 86_400_000),
    }),
  )
  return {
    roots: [first.certificates.root, second.root.certificate] as const,
    issuing: [old.certificate, fresh.certificate] as const,
    leaves: [await leaf(old, '旧'), await leaf(fresh, '新')] as const,
    newWithOld: second.newWithOld,
    oldWithNew: second.oldWithNew[0] ?? new Uint8Array(),
    crls: [...lists.map(({ crl }) => crl), ...(await Promise.all(online))],
    entries: second.entries,
  }
}

const made = rolled('roll over')
const pem = (...certificates: readonly Uint8Array[]): string =>
  certificates.map((der) => toPem('CERTIFICATE', der)).join('')

for (const [leafAt, rootAt, words] of [
  [0, 0, 'what is old is valid below the old root'],
  [0, 1, 'what is old is valid below the new root, by the link'],
  [1, 0, 'what is new is valid below the old root, by the link'],
  [1, 1, 'what is new is valid below the new root'],
] as const) {
  test(`${words}: by our path validation with all lists, and by openssl`, async (t) => {
    const { roots, issuing, leaves, newWithOld, oldWithNew, crls } = await made
    const [root, leaf] = [roots[rootAt], leaves[leafAt]]
    const links = [newWithOld, oldWithNew]
    const path = { target: leaf, anchors: [root], at: new Date(at.getTime() + 60_000) }
    const report = await validatePath({ ...path, intermediates: [...issuing, ...links], crls })
    t.true(report.valid, JSON.stringify(report.findings))
    t.is(report.path.length, leafAt === rootAt ? 3 : 4)
    const without = await validatePath({ ...path, intermediates: issuing, crls })
    t.is(without.valid, leafAt === rootAt)
    const directory = await mkdtemp(join(tmpdir(), 'sealbox-roll-'))
    t.teardown(() => rm(directory, { recursive: true }))
    const file = async (name: string, text: string): Promise<string> => {
      await writeFile(join(directory, name), text)
      return join(directory, name)
    }
    const lists = crls.map((crl) => toPem('X509 CRL', crl)).join('')
    const verify = async (untrusted: readonly Uint8Array[]): Promise<number> => {
      const { status } = await tool(
        'openssl',
        ...['verify', '-x509_strict', '-purpose', 'any', '-crl_check_all'],
        ...['-CAfile', await file('root.pem', `${pem(root)}${lists}`)],
        ...['-untrusted', await file('untrusted.pem', pem(...untrusted))],
        await file('leaf.pem', pem(leaf)),
      )
      return status
    }
    t.is(await verify([...issuing, ...links]), 0)
    t.is((await verify(issuing)) === 0, leafAt === rootAt)
  })
}

test('the link of another district leads nowhere, though it bears the same name', async (t) => {
  const mine = await made
  const theirs = await rolled('a stranger of the same name')
  const report = await validatePath({
    target: theirs.leaves[1],
    intermediates: [...theirs.issuing, theirs.newWithOld, mine.newWithOld, mine.oldWithNew],
    anchors: [mine.roots[0]],
    crls: [...mine.crls, ...theirs.crls],
    at,
  })
  t.false(report.valid)
})

test('roots of all generations have one name, issuing authorities differ by it, links end with the old root', async (t) => {
  const { roots, issuing, newWithOld, oldWithNew } = await made
  const [one, two] = roots.map(readCertificate)
  t.deepEqual(one?.subject.raw, two?.subject.raw)
  const names = issuing.map((der) => readCertificate(der).subject.text)
  t.regex(names[1] ?? '', /签发机构 2$|签发机构 2,/)
  t.not(names[0], names[1])
  t.false(names.join('').includes('TRIAL'))
  for (const link of [newWithOld, oldWithNew]) {
    t.deepEqual(readCertificate(link).notAfter, one?.notAfter)
  }
  // So that what was sealed long ago is judged valid at its time below the new root.
  t.deepEqual(readCertificate(oldWithNew).notBefore, one?.notBefore)
})

test('after a second roll-over the newest root certifies the keys of all before it', async (t) => {
  const random = seededRandom('thrice')
  const keys = createMemoryKeys()
  const parts = { box, random, at, origin }
  const { root } = await createDistrict({ box, keys, clock, random, urls: urlsBelow(origin) })
  const roots = [root.certificate]
  let old = root
  for (const name of ['root-2', 'root-3']) {
    await keys.generate(name, 'ecdsa-p256-sha256')
    const next = await rollOverRoot(parts, { roots, old, key: await keys.openKey(name) })
    t.is(next.oldWithNew.length, roots.length)
    for (const [index, link] of next.oldWithNew.entries()) {
      const of = readCertificate(roots[index] ?? new Uint8Array())
      t.deepEqual(readCertificate(link).publicKey, of.publicKey)
    }
    old = next.root
    roots.push(old.certificate)
  }
})

test('by its link a newer root vouches for what was before it, and for nothing else of that time', async (t) => {
  const random = seededRandom('before the root')
  const keys = createMemoryKeys()
  const first = await createDistrict({ box, keys, clock, random, urls: urlsBelow(origin) })
  const later = new Date(at.getTime() + 365 * 86_400_000)
  await keys.generate('root-2', 'ecdsa-p256-sha256')
  const parts = { box, random, at: later, origin }
  const second = await rollOverRoot(parts, {
    ...{ roots: [first.certificates.root], old: first.root },
    key: await keys.openKey('root-2'),
  })
  const { certificate: issuing2 } = await rollOverIssuing(parts, {
    ...{ root: second.root, keys },
    generations: { root: 2, issuing: 1, ocsp: 1 },
  })
  const soon = new Date(at.getTime() + 86_400_000)
  const ask = (target: Uint8Array, intermediates: readonly Uint8Array[], when: Date) =>
    validatePath({
      ...{ target, intermediates, anchors: [second.root.certificate], crls: [], at: when },
      revocation: 'none',
    })
  const leaf = first.certificates.timestamping
  const links = [first.certificates.issuing, ...second.oldWithNew]
  t.true((await ask(leaf, links, soon)).valid, 'the link was valid then')
  t.false((await ask(leaf, [first.certificates.issuing], soon)).valid)
  const early = await ask(issuing2, [], soon)
  t.false(early.valid, 'directly below it nothing is older than it')
  const before = new Date(at.getTime() - 86_400_000 * 30)
  t.false(
    (await ask(leaf, links, before)).valid,
    'nor does the link reach back further than its root',
  )
})
