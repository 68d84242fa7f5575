/**
 * Chains made to cost (RFC 4158 7, CVE-2023-0464 and its kin): each ends within a bounded number of steps and signature checks, refused or,
 * where a sound path is among them, accepted. The time asserted is generous: what is bounded is counted.
 */
import test from 'ava'
import { nodeCrypto } from '../../../ca/index.ts'
import { pathLimits, validatePath, type ValidatePathOptions } from '../../../ca/path/index.ts'
import { oids } from '../../../ca/oids.ts'
import {
  altNames,
  at,
  authority,
  certificate,
  constraints,
  crl,
  entry,
  fullName,
  general,
  isCa,
  keysOf,
  leaf,
  mappings,
  nameOf,
  points,
  policies,
  policyConstraints,
  root,
} from './forge.ts'
import * as der from '../../../ca/der/write.ts'

/** Far above what any of these takes on a busy machine, far below what they would take without bounds. */
const maxMs = 60_000

async function ask(question: Partial<ValidatePathOptions> & { readonly target: Uint8Array }) {
  let checks = 0
  const start = performance.now()
  const report = await validatePath({
    intermediates: [],
    anchors: [root('root')],
    crls: [],
    at,
    revocation: 'none',
    verifySignature: (check) => {
      checks++
      return nodeCrypto.verifySignature(check)
    },
    ...question,
  })
  const codes = report.findings.map(({ code }) => code)
  return { valid: report.valid, codes, checks, ms: performance.now() - start, report }
}

/** `layers` layers of two authorities, each certified by both above; the lowest certifies the leaf. */
function lattice(layers: number, top: readonly Uint8Array[]): Uint8Array[] {
  const made = [...top]
  for (let layer = 1; layer < layers; layer++) {
    for (const own of ['a', 'b']) {
      for (const upper of ['a', 'b']) {
        made.push(authority(`${own}${String(layer)}`, `${upper}${String(layer - 1)}`))
      }
    }
  }
  return made
}
const target = leaf('a19')

test('a lattice of 2^19 paths that reaches no anchor is walked once a pair', async (t) => {
  const top = [authority('a0', 'nobody'), authority('b0', 'nobody')]
  const { valid, codes, checks, ms } = await ask({ target, intermediates: lattice(20, top) })
  t.false(valid)
  t.deepEqual(codes, ['ISSUER_NOT_FOUND'])
  t.true(checks <= 2 * 80 && ms < maxMs, `${String(checks)} checks, ${String(ms)} ms`)
})

test('a lattice of 2^19 sound paths is accepted', async (t) => {
  const top = [authority('a0', 'root'), authority('b0', 'root')]
  const { valid, checks, ms } = await ask({ target, intermediates: lattice(20, top) })
  t.true(valid)
  t.true(checks <= 2 * 80 && ms < maxMs)
})

test('a lattice whose 2^19 paths all break at the top ends', async (t) => {
  const top = ['a0', 'b0'].map((subject) =>
    certificate({ subject, issuer: 'root', extensions: [isCa(0)] }),
  )
  const { valid, codes, ms } = await ask({ target, intermediates: lattice(20, top) })
  t.false(valid)
  t.deepEqual([...new Set(codes)], ['PATH_LENGTH_EXCEEDED'])
  t.true(ms < maxMs)
})

test('a lattice whose 2^19 paths all lack a policy ends at the limit of paths', async (t) => {
  const top = ['a0', 'b0'].map((subject) => authority(subject, 'root'))
  const intermediates = lattice(20, top)
  const { codes, ms } = await ask({
    target,
    intermediates,
    policies: { requireExplicitPolicy: true },
  })
  t.deepEqual(codes, ['POLICY_REQUIRED'])
  t.true(ms < maxMs)
})

test('of ten authorities that all certify each other, the one below the root is found', async (t) => {
  const names = Array.from({ length: 10 }, (_, at) => `peer${String(at)}`)
  const crossed = names.flatMap((own) =>
    names.filter((other) => other !== own).map((other) => authority(own, other)),
  )
  const question = { target: leaf('peer0') }
  const lost = await ask({ ...question, intermediates: crossed })
  t.deepEqual(lost.codes, ['ISSUER_NOT_FOUND'])
  t.true(lost.ms < maxMs)
  const found = await ask({ ...question, intermediates: [...crossed, authority('peer9', 'root')] })
  t.true(found.valid)
  t.is(found.report.path.length, 4)
})

test('look-alikes of an issuer by the hundred do not hide it, nor cost more than the limit', async (t) => {
  const alike = Array.from({ length: 300 }, (_, at) =>
    authority('ca', 'root', { keys: keysOf(`alike${String(at % 50)}`) }),
  )
  const { valid, checks } = await ask({
    target: leaf('ca'),
    intermediates: [...alike, authority('ca', 'root')],
  })
  t.true(valid)
  t.true(checks <= pathLimits.signatures)
})

test('look-alikes that ended do not use up the checks before the one that has not', async (t) => {
  const past = der.time(new Date(at.getTime() - 1000))
  const alike = Array.from({ length: 600 }, (_, index) =>
    authority('ca', 'root', { notAfter: past, keys: keysOf(`ended${String(index)}`) }),
  )
  const { valid, checks } = await ask({
    target: leaf('ca'),
    intermediates: [...alike, authority('ca', 'root')],
  })
  t.true(valid)
  t.true(checks < 10)
})

const chain = (length: number): Uint8Array[] =>
  Array.from({ length }, (_, at) =>
    authority(`link${String(at)}`, at === 0 ? 'root' : `link${String(at - 1)}`),
  )

test('a chain of 40 is accepted, one of 400 refused for its length', async (t) => {
  const short = await ask({ target: leaf('link39'), intermediates: chain(40) })
  t.true(short.valid)
  const long = await ask({ target: leaf('link398'), intermediates: chain(399) })
  t.deepEqual(long.codes, ['LIMIT_EXCEEDED'])
  t.true(long.ms < maxMs)
})

test('more pieces than are looked at are said', async (t) => {
  const junk = Array.from({ length: pathLimits.certificates + 1 }, (_, index) =>
    Uint8Array.of(index >> 8, index),
  )
  const { codes } = await ask({ target: leaf('root'), anchors: [], intermediates: junk })
  t.true(codes.includes('LIMIT_EXCEEDED'))
  const copy = authority('other', 'root')
  const copies = Array.from({ length: 5 * pathLimits.certificates }, () => copy)
  const intermediates = [...copies, authority('ca', 'root')]
  t.true((await ask({ target: leaf('ca'), intermediates })).valid, 'copies do not count')
})

const policy = (number: number): string => `2.999.1.${String(number)}`
const many = Array.from({ length: 300 }, (_, at) => policy(at))

test('policies mapped all to all along thirty authorities end (CVE-2023-0464)', async (t) => {
  const few = many.slice(0, 30)
  const all = few.flatMap((issuer) => few.map((subject) => [issuer, subject] as const))
  const intermediates = Array.from({ length: 30 }, (_, at) =>
    authority(`link${String(at)}`, at === 0 ? 'root' : `link${String(at - 1)}`, {
      extensions: [policies(...few), mappings(...all)],
    }),
  )
  const question = { intermediates, policies: { requireExplicitPolicy: true } }
  const held = await ask({ ...question, target: leaf('link29', policies(policy(3))) })
  t.true(held.valid)
  t.is(held.report.userConstrainedPolicySet.length, 30)
  const lost = await ask({ ...question, target: leaf('link29', policies('2.999.9')) })
  t.deepEqual(lost.codes, ['POLICY_REQUIRED'])
  t.true(held.ms < maxMs && lost.ms < maxMs)
})

test('anyPolicy beside hundreds of policies and mappings in each of forty authorities ends', async (t) => {
  const pairs = many.map((from, at) => [from, policy((at * 7 + 1) % many.length)] as const)
  const intermediates = Array.from({ length: 40 }, (_, at) =>
    authority(`link${String(at)}`, at === 0 ? 'root' : `link${String(at - 1)}`, {
      extensions: [
        policies(oids.anyPolicy, ...many),
        mappings(...pairs),
        policyConstraints({ require: 0 }),
      ],
    }),
  )
  const { valid, ms } = await ask({ target: leaf('link39', policies(policy(5))), intermediates })
  t.true(valid)
  t.true(ms < maxMs)
})

test('a thousand names against a thousand constraints, many times over, end at the limit', async (t) => {
  const host = (at: number) => general.dns(`h${String(at)}.example`)
  const bases = Array.from({ length: 1000 }, (_, at) => host(at))
  const intermediates = Array.from({ length: 5 }, (_, at) =>
    authority(`link${String(at)}`, at === 0 ? 'root' : `link${String(at - 1)}`, {
      extensions: [
        constraints({ permitted: bases, excluded: bases.map((_, n) => host(n + 5000)) }),
      ],
    }),
  )
  const names = Array.from({ length: 1000 }, (_, at) => host(at))
  const { valid, codes, ms } = await ask({ target: leaf('link4', altNames(names)), intermediates })
  t.false(valid)
  t.true(codes.includes('LIMIT_EXCEEDED'))
  t.true(ms < maxMs)
})

test('a CRL of 20,000 entries is read once for a whole path, and not at all if a stranger signed it', async (t) => {
  const entries = Array.from({ length: 20_000 }, (_, at) => entry(5_000_000 + at))
  const intermediates = [authority('ca', 'root')]
  const lists = [crl({ issuer: 'root' }), crl({ issuer: 'ca', entries })]
  const strange = Array.from({ length: 30 }, () =>
    crl({ issuer: 'ca', signer: keysOf('stranger'), entries }),
  )
  const question = { target: leaf('ca'), intermediates, revocation: 'crl' as const }
  const { valid, ms } = await ask({ ...question, crls: [...strange, ...lists] })
  t.true(valid)
  t.true(ms < maxMs)
})

test('hundreds of lists against dozens of distribution points end at the limit of steps', async (t) => {
  const point = (at: number) =>
    der.sequence(
      fullName(
        ...Array.from({ length: 30 }, (_, n) => general.uri(`http://h/${String(at * 30 + n)}`)),
      ),
    )
  const many = points(...Array.from({ length: 32 }, (_, at) => point(at)))
  const crls = Array.from({ length: 500 }, (_, at) =>
    crl({ issuer: 'root', signer: keysOf(`wrong${String(at % 9)}`) }),
  )
  const target = certificate({ subject: 'leaf', issuer: 'root', extensions: [many] })
  const { valid, checks, ms } = await ask({ target, crls, revocation: 'crl' })
  t.false(valid)
  t.true(checks <= pathLimits.signatures + pathLimits.listSignatures && ms < maxMs)
})

test('names of thousands of parts, and certificates beyond the limit of octets, are malformed', async (t) => {
  const deep = nameOf(...Array.from({ length: 2000 }, () => 'x'))
  const target = certificate({ subject: 'leaf', issuer: 'root', subjectName: deep })
  t.deepEqual((await ask({ target })).codes, ['TARGET_MALFORMED'])
  const wide = leaf(
    'root',
    altNames(Array.from({ length: 5000 }, () => general.dns('example.org'))),
  )
  t.deepEqual((await ask({ target: wide })).codes, ['TARGET_MALFORMED'])
})
