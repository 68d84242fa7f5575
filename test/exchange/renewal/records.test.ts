/** Evidence records by what we write, against what we judge: each refusal of RFC 4998 4.3 and 5.3 with its own record that is wrong in that alone. */
import test from 'ava'
import fc from 'fast-check'
import { concat, der } from '../../../ca/path/index.ts'
import {
  hashBy,
  leafOf,
  levelsOf,
  pathOf,
  reducedHashtree,
  type TreeHash,
} from '../../../exchange/renewal/hash_tree.ts'
import {
  writeEvidenceRecord,
  writeSequence,
  type ArchiveTimeStampParts,
  type ChainParts,
} from '../../../exchange/renewal/write_record.ts'
import { maxRecordBytes } from '../../../exchange/verify/evidence/record_der.ts'
import { requestsOf, verifyFile } from '../../../exchange/verify/index.ts'
import { judgeRecords } from '../../../exchange/verify/evidence/record.ts'
import { openWorld, years, type World } from './stamping_world.ts'

const files = Array.from({ length: 7 }, (_, at) => new TextEncoder().encode(`文件 ${String(at)}`))
const [file = new Uint8Array()] = files
const opened = openWorld('evidence records')

/** One timestamp over some leaves, as it covers the leaf `at`. */
async function stamp(
  world: World,
  of: {
    readonly at: Date
    readonly hash?: TreeHash
    readonly leaves: readonly Uint8Array[]
    readonly leaf?: number
    readonly members?: readonly Uint8Array[]
  },
): Promise<ArchiveTimeStampParts> {
  const { at, hash = 'SHA-256', leaves, leaf = 0 } = of
  const levels = levelsOf(hash, leaves)
  const root = levels.at(-1)?.[0] ?? new Uint8Array()
  const members = of.members ?? leaves.slice(leaf, leaf + 1)
  return {
    hash,
    reducedHashtree: reducedHashtree(members, pathOf(levels, leaf)),
    timeStamp: await world.stampAt(at, root),
  }
}

const leavesOf = (hash: TreeHash, all: readonly Uint8Array[] = files) =>
  all.map((one) => hashBy(hash, one))

/** The first night over all files, then a renewal together with another token. */
async function renewed(world: World, options: { readonly renewedAt?: Date } = {}) {
  const { renewedAt = years(4) } = options
  const first = await stamp(world, { at: years(0.1), leaves: leavesOf('SHA-256') })
  const other = hashBy('SHA-256', await world.stampAt(years(0.2), hashBy('SHA-256', file)))
  const leaves = [hashBy('SHA-256', first.timeStamp), other]
  const second = await stamp(world, { at: renewedAt, leaves })
  return { first, second }
}

async function judged(
  world: World,
  chains: readonly ChainParts[] | Uint8Array,
  options: { readonly at?: Date; readonly objects?: readonly Uint8Array[] } = {},
) {
  const { at = years(5.5), objects = [file] } = options
  const record = chains instanceof Uint8Array ? chains : writeEvidenceRecord(chains)
  return judgeRecords([record], objects, world.evidenceAt(at))
}

test('a record proves the time of its first timestamp, and holds until the certificate of its last one ends', async (t) => {
  const world = await opened
  const { first, second } = await renewed(world)
  const verdict = await judged(world, [[first, second]])
  t.deepEqual(
    verdict.findings.map(({ code }) => code),
    ['EVIDENCE_RECORD_HOLDS'],
    JSON.stringify(verdict.findings),
  )
  t.is(verdict.provenAt?.getTime(), years(0.1).getTime())
  const end = verdict.validUntil ?? new Date(0)
  t.true(end > years(8) && end < years(9.1))
  const before = await judged(world, [[first, second]], { at: new Date(end.getTime() - 1000) })
  const after = await judged(world, [[first, second]], { at: new Date(end.getTime() + 1000) })
  t.truthy(before.provenAt)
  t.is(after.provenAt, undefined, 'a second later it proves nothing')
  t.is(after.findings[0]?.code, 'EVIDENCE_RECORD_LATE')
})

test('every leaf of a tree of any size leads to the root', async (t) => {
  const world = await opened
  for (const size of [1, 2, 3, 5, 8, 13]) {
    const all = Array.from({ length: size }, (_, at) => new Uint8Array([at, size]))
    const leaves = leavesOf('SHA-256', all)
    const token = await world.stampAt(years(1), levelsOf('SHA-256', leaves).at(-1)?.[0] ?? file)
    for (const [at, one] of all.entries()) {
      const path = pathOf(levelsOf('SHA-256', leaves), at)
      const tree = reducedHashtree(leaves.slice(at, at + 1), path)
      const chain = [{ hash: 'SHA-256' as const, reducedHashtree: tree, timeStamp: token }]
      const verdict = await judged(world, [chain], { objects: [one], at: years(2) })
      t.truthy(verdict.provenAt, `${String(at)} of ${String(size)}`)
    }
  }
})

test('a hash-tree renewal with another algorithm covers the file and all timestamps before', async (t) => {
  const world = await opened
  const { first, second } = await renewed(world)
  const older = [[first, second]]
  const before = hashBy('SHA-512', writeSequence(older))
  const rehashed = leavesOf('SHA-512').map((one) => hashBy('SHA-512', concat(one, before)))
  const third = await stamp(world, { at: years(6), hash: 'SHA-512', leaves: rehashed })
  const chains = [...older, [third]]
  t.truthy((await judged(world, chains, { at: years(9.5) })).provenAt)
  const missing = await judged(world, [[first], [third]], { at: years(9.5) })
  t.is(missing.findings[0]?.code, 'EVIDENCE_RECORD_BROKEN', 'a chain that was left out is missed')
  const mixed = await judged(world, [[first, second, third]], { at: years(9.5) })
  t.is(mixed.findings[0]?.code, 'EVIDENCE_RECORD_ALGORITHM', 'it begins a chain of its own')
})

test('a group is covered whole: a statement with another signature, or with more beside it, is refused', async (t) => {
  const world = await opened
  const [statement = file, signature = file, other = file] = files
  const members = leavesOf('SHA-256', [statement, signature])
  const group = leafOf('SHA-256', members)
  const leaves = [group, ...leavesOf('SHA-256').slice(3)]
  const chains = [[await stamp(world, { at: years(1), leaves, members })]]
  const ask = async (objects: readonly Uint8Array[]) =>
    (await judged(world, chains, { objects, at: years(2) })).findings[0]?.code
  t.is(await ask([statement, signature]), 'EVIDENCE_RECORD_HOLDS')
  t.is(await ask([signature]), 'EVIDENCE_RECORD_HOLDS', 'each of them was there')
  t.is(await ask([statement, other]), 'EVIDENCE_RECORD_OF_ANOTHER')
  t.is(await ask([statement, signature, other]), 'EVIDENCE_RECORD_OF_ANOTHER')
  // The sibling in the first list is no member.
  const flat = [[await stamp(world, { at: years(1), leaves: leavesOf('SHA-256') })]]
  const [a = file, b = file] = files
  const pair = await judged(world, flat, { objects: [a, b], at: years(2) })
  t.truthy(pair.provenAt, 'two that were stamped as neighbours cannot be told from a group')
})

type Chains = readonly ChainParts[]
interface Wrong {
  readonly title: string
  readonly code: string
  readonly make: (parts: {
    readonly world: World
    readonly first: ArchiveTimeStampParts
    readonly second: ArchiveTimeStampParts
  }) => Promise<Chains> | Chains
  readonly at?: Date
}

const flipped = (bytes: Uint8Array): Uint8Array =>
  bytes.map((octet, at) => (at === 0 ? octet ^ 1 : octet))

const wrongs: readonly Wrong[] = [
  {
    title: 'a reduced hash tree with one octet altered',
    code: 'EVIDENCE_RECORD_BROKEN',
    make: ({ first, second }) => {
      const [list = [], ...rest] = first.reducedHashtree
      const [head, ...tail] = rest
      const tree = [list, ...(head ? [head.map(flipped)] : []), ...tail]
      return [[{ ...first, reducedHashtree: tree }, second]]
    },
  },
  {
    title: 'the way of another leaf',
    code: 'EVIDENCE_RECORD_OF_ANOTHER',
    make: async ({ world }) => [
      [await stamp(world, { at: years(0.1), leaves: leavesOf('SHA-256'), leaf: 5 })],
    ],
    at: years(1),
  },
  {
    title: 'a chain in the wrong order',
    code: 'EVIDENCE_RECORD_OF_ANOTHER',
    make: ({ first, second }) => [[second, first]],
  },
  {
    title: 'a renewal of another timestamp',
    code: 'EVIDENCE_RECORD_BROKEN',
    make: async ({ world, first }) => {
      const leaves = [hashBy('SHA-256', await world.stampAt(years(1), hashBy('SHA-256', file)))]
      return [[first, await stamp(world, { at: years(4), leaves })]]
    },
  },
  {
    title: 'a renewal after the one before had ended',
    code: 'EVIDENCE_RECORD_LATE',
    make: async ({ world }) => {
      const { first, second } = await renewed(world, { renewedAt: years(5.3) })
      return [[first, second]]
    },
  },
  {
    title: 'a renewal that is older than what it renews',
    code: 'EVIDENCE_RECORD_LATE',
    make: async ({ world }) => {
      const { first, second } = await renewed(world, { renewedAt: years(0.01) })
      return [[first, second]]
    },
    at: years(1),
  },
  {
    title: 'a token from the future',
    code: 'EVIDENCE_RECORD_LATE',
    make: ({ first, second }) => [[first, second]],
    at: years(2),
  },
  {
    title: 'no renewal, after the end',
    code: 'EVIDENCE_RECORD_LATE',
    make: ({ first }) => [[first]],
    at: years(5.5),
  },
  {
    title: 'a tree of another algorithm than its token',
    code: 'EVIDENCE_RECORD_ALGORITHM',
    make: ({ first, second }) => [[{ ...first, hash: 'SHA-512' }, second]],
  },
  {
    title: 'hash values of another length, which could be read as two',
    code: 'EVIDENCE_RECORD_BROKEN',
    make: async ({ world }) => {
      // root = H(h || x) with x of 64 octets: two values of a list could be taken for one.
      const [own = file, ...others] = leavesOf('SHA-256').toSorted(der.compareBytes)
      const rest = concat(...others.slice(0, 2))
      const root = hashBy('SHA-256', concat(own, rest))
      const timeStamp = await world.stampAt(years(1), root)
      const tree = [[hashBy('SHA-256', file), rest]]
      return [[{ hash: 'SHA-256', reducedHashtree: tree, timeStamp }]]
    },
    at: years(2),
  },
]

for (const { title, code, make, at } of wrongs) {
  test(`it proves nothing: ${title}`, async (t) => {
    const world = await opened
    const chains = await make({ world, ...(await renewed(world)) })
    const verdict = await judged(world, chains, at ? { at } : {})
    t.is(verdict.provenAt, undefined)
    t.deepEqual(
      verdict.findings.map((one) => one.code),
      [code],
      JSON.stringify(verdict.findings),
    )
    t.true(verdict.findings.every(({ severity }) => severity === 'warning'))
  })
}

const malformed: readonly {
  readonly title: string
  readonly make: (good: Uint8Array) => Uint8Array
}[] = [
  { title: 'cut short', make: (good) => good.subarray(0, -1) },
  { title: 'one octet too much', make: (good) => concat(good, Uint8Array.of(0)) },
  {
    title: 'version 2',
    make: (good) => good.map((octet, at) => (at === versionAt(good) ? 2 : octet)),
  },
  { title: 'no chain', make: () => record(der.sequence()) },
  { title: 'an empty chain', make: () => record(der.sequence(der.sequence())) },
  { title: 'encrypted', make: () => record(der.element(0xa1), der.sequence()) },
  { title: 'nested a thousand deep', make: () => nested(1000) },
  { title: 'too many chains', make: () => record(der.sequence(...many(der.sequence(), 33))) },
  { title: 'too large', make: () => new Uint8Array(maxRecordBytes + 1) },
  { title: 'nothing', make: () => new Uint8Array() },
]

const many = (one: Uint8Array, count: number): Uint8Array[] =>
  Array.from({ length: count }, () => one)
const record = (...rest: readonly Uint8Array[]): Uint8Array =>
  der.sequence(
    der.integer(1),
    der.sequence(der.sequence(der.objectIdentifier('2.16.840.1.101.3.4.2.1'))),
    ...rest,
  )
const versionAt = (good: Uint8Array): number =>
  good.findIndex((octet, at) => octet === 2 && good[at + 1] === 1 && good[at + 2] === 1) + 2
function nested(depth: number): Uint8Array {
  let bytes: Uint8Array = der.sequence()
  for (let at = 0; at < depth; at++) bytes = der.sequence(bytes)
  return bytes
}

for (const { title, make } of malformed) {
  test(`it is malformed: ${title}`, async (t) => {
    const world = await opened
    const { first, second } = await renewed(world)
    const verdict = await judged(world, make(writeEvidenceRecord([[first, second]])))
    t.is(verdict.provenAt, undefined)
    t.is(verdict.findings[0]?.code, 'EVIDENCE_RECORD_MALFORMED')
  })
}

test('no altered octet of a record makes it prove another time', async (t) => {
  const world = await opened
  const { first, second } = await renewed(world)
  const good = writeEvidenceRecord([[first, second]])
  const proven = years(0.1).getTime()
  const runs = process.env['SEALBOX_TEST_FULL'] === '1' ? 5000 : 150
  await fc.assert(
    fc.asyncProperty(
      fc.nat(good.length - 1),
      fc.integer({ min: 1, max: 255 }),
      async (at, mask) => {
        const altered = good.map((octet, index) => (index === at ? octet ^ mask : octet))
        const { provenAt } = await judged(world, altered)
        return provenAt === undefined || provenAt.getTime() === proven
      },
    ),
    { numRuns: runs, seed: 4998 },
  )
  t.pass()
})

test('several records are judged each for itself, and not more than a few', async (t) => {
  const world = await opened
  const { first, second } = await renewed(world)
  const good = writeEvidenceRecord([[first, second]])
  const evidence = world.evidenceAt(years(5))
  const both = await judgeRecords([new Uint8Array(3), good], [file], evidence)
  t.truthy(both.provenAt)
  t.is(both.findings.length, 2)
  const flood = await judgeRecords(many(new Uint8Array(3), 100), [file], evidence)
  t.is(flood.findings.length, 8)
})

test('where records end one after the other, a file passes while what the rest prove is early enough for it', async (t) => {
  const world = await opened
  const token = await world.stampAt(years(0.5), hashBy('SHA-256', file))
  const record = async (at: Date): Promise<Uint8Array> =>
    writeEvidenceRecord([[await stamp(world, { at, leaves: [hashBy('SHA-256', token)] })]])
  // The token's own certificate ends after some five years: what exists by a later record alone is too late.
  const [early, late] = [await record(years(1.5)), await record(years(5.5))]
  for (const evidenceRecords of [[early], [early, late], [late, early]]) {
    const ask = (at: Date) =>
      verifyFile({
        ...{ name: 'a.tst', bytes: token, trust: [world.root], at },
        companions: { evidenceRecords },
      })
    const { verdict, validUntil = '' } = await ask(years(5.7))
    t.is(verdict, 'TOTAL-PASSED')
    t.is((await ask(new Date(validUntil))).verdict, 'TOTAL-PASSED')
    t.is((await ask(new Date(Date.parse(validUntil) + 1000))).verdict, 'INDETERMINATE', validUntil)
  }
  const alone = { name: 'a.tst', bytes: token, trust: [world.root], at: years(5.7) }
  const tooLate = await verifyFile({ ...alone, companions: { evidenceRecords: [late] } })
  t.is(tooLate.verdict, 'INDETERMINATE')
  t.is(tooLate.renewals?.length, 1)
  t.is(tooLate.validUntil, undefined, 'what does not pass holds until no time')
})

test('a record without its file is told apart from what is no kind of file, and beside any file it says what it proves', async (t) => {
  const world = await opened
  const { first, second } = await renewed(world)
  const good = writeEvidenceRecord([[first, second]])
  const common = { trust: [world.root], at: years(5) }
  const alone = await verifyFile({ name: 'a.ers', bytes: good, ...common })
  t.is(alone.verdict, 'INDETERMINATE')
  t.is(alone.findings[0]?.code, 'EVIDENCE_RECORD_ALONE')
  const requests = requestsOf(
    [
      { name: 'a.txt', bytes: file },
      { name: 'a.txt.ers', bytes: good },
    ],
    common,
  )
  const [beside, ...more] = await Promise.all(requests.map(verifyFile))
  t.deepEqual(more, [])
  t.is(beside?.verdict, 'INDETERMINATE', 'nobody signed it')
  t.is(beside?.renewals?.[0]?.time, years(0.1).toISOString())
})
