/**
 * Path validation beside the real `openssl verify`: PKITS, and chains drawn from a seed with mutations, policies or CRLs. Where the two differ
 * a row of the table below says why; a difference without a row fails. CI asks a sample, `SEALBOX_TEST_FULL=1` all.
 */
import test from 'ava'
import { nodeCrypto } from '../../../ca/index.ts'
import { oids } from '../../../ca/oids.ts'
import { validatePath } from '../../../ca/path/index.ts'
import { at } from './forge.ts'
import { createOpenssl } from './openssl_verify.ts'
import { hasPkits, pkitsCases, pkitsFile, pkitsQuestion } from './pkits_cases.ts'
import {
  createDraw,
  listedChain,
  mutatedChain,
  mutations,
  policyChain,
  type Chain,
} from './random_chains.ts'

const full = process.env['SEALBOX_TEST_FULL'] === '1'
const [seed, chains, everyCase] = full ? [1, 400, 1] : [1, 60, 5]
const asOpenssl: Readonly<Record<string, readonly string[]>> = {
  mutations: [],
  policies: ['-policy_check'],
  lists: ['-crl_check_all', '-extended_crl', '-use_deltas'],
}

interface Row {
  /** Mutations that must all be there. */
  readonly of: readonly string[]
  readonly openssl: 'accepts' | 'refuses'
  readonly why: string
}

const rows: readonly Row[] = [
  ...[
    'root without basicConstraints',
    'root with basicConstraints not critical',
    'target with keyCertSign',
    'target with nameConstraints',
    'serial number zero',
    'serial number of 21 octets',
    'no subject, names not critical',
    'no names in subjectAltName',
  ].map((mutation): Row => ({
    of: [mutation],
    openssl: 'accepts',
    why: 'RFC 5280 4 forbids such a certificate; OpenSSL looks only under -x509_strict, if at all',
  })),
  {
    of: ['address of five octets'],
    openssl: 'accepts',
    why: 'OpenSSL reads names only where it compares them',
  },
  {
    of: ['permits hosts with a leading period'],
    openssl: 'accepts',
    why: 'RFC 5280 4.2.1.10 knows the period for mail and URI alone',
  },
  {
    of: ['authority for another purpose', 'target for a purpose'],
    openssl: 'accepts',
    why: 'OpenSSL looks at purposes only under -purpose',
  },
  {
    of: ['bears an address, which is permitted', 'permits a network whose mask has gaps'],
    openssl: 'accepts',
    why: 'OpenSSL takes any octets for a mask',
  },
  { of: ['list without an end'], openssl: 'accepts', why: 'RFC 5280 5.1.2.5 demands nextUpdate' },
  {
    of: ['list a delta that revokes'],
    openssl: 'accepts',
    why: 'OpenSSL hears a delta only where freshestCRL points to one',
  },
  {
    of: ['list of users only'],
    openssl: 'refuses',
    why: 'OpenSSL asks for a list about the root too, and this one is not about authorities',
  },
  {
    of: ['list of a distribution point'],
    openssl: 'refuses',
    why: 'OpenSSL asks for a list about the root too, which has no distribution point',
  },
]
const pkitsRows: Readonly<Record<string, string>> = {
  '4.1.4': 'OpenSSL verifies DSA, we do not',
  '4.14.30':
    'OpenSSL never lets a signer of lists be looked up in its own, not even where its certificate says so',
}

const openssl = createOpenssl()
test.after.always(() => {
  openssl.remove()
})

async function verdicts(chain: Chain, options: readonly string[]) {
  const { policy } = chain
  const initialPolicySet = policy?.initial.length ? policy.initial : [oids.anyPolicy]
  const report = await validatePath({
    target: chain.target,
    intermediates: chain.between,
    anchors: [chain.root],
    crls: chain.crls,
    at,
    revocation: options.includes('-crl_check_all') ? 'crl' : 'none',
    policies: { initialPolicySet, requireExplicitPolicy: policy?.explicit === true },
    verifySignature: nodeCrypto.verifySignature,
  })
  const asked = policy ? initialPolicySet.flatMap((oid) => ['-policy', oid]) : []
  if (policy?.explicit) asked.push('-explicit_policy')
  const theirs = await openssl.verify({ ...chain, at, options: [...options, ...asked] })
  return { ours: report, theirs }
}

for (const [kind, make] of Object.entries({
  mutations: mutatedChain,
  policies: policyChain,
  lists: listedChain,
})) {
  test(`${String(chains)} chains with ${kind}: OpenSSL says the same, or a row says why not (seed ${String(seed)})`, async (t) => {
    const draw = createDraw(seed)
    const count = { valid: 0, refused: 0, differing: 0 }
    for (let index = 0; index < chains; index++) {
      const chain = make(draw)
      const { ours, theirs } = await verdicts(chain, asOpenssl[kind] ?? [])
      count[ours.valid ? 'valid' : 'refused']++
      if (ours.valid === theirs.valid) continue
      count.differing++
      const row = rows.find(
        ({ of, openssl: side }) =>
          of.every((mutation) => chain.mutations.includes(mutation)) &&
          (side === 'accepts') === theirs.valid,
      )
      const said = ours.valid
        ? theirs.said
        : ours.findings.map(({ code, message }) => `${code}: ${message}`).join()
      t.truthy(row, `chain ${String(index)}, ${chain.mutations.join(', ')}: ${said}`)
    }
    t.true(
      count.valid > chains / 10 && count.refused > chains / 10,
      'neither answer is the only one',
    )
    t.log(JSON.stringify(count))
  })
}

test('each mutation of the table exists', (t) => {
  const known = [
    ...Object.keys(mutations),
    'list without an end',
    'list a delta that revokes',
    'list of users only',
    'list of a distribution point',
  ]
  for (const { of } of rows) for (const mutation of of) t.true(known.includes(mutation), mutation)
})

const withPkits = hasPkits ? test : test.skip
withPkits(
  `every ${String(everyCase)}th case of PKITS: OpenSSL says the same, or a row says why not`,
  async (t) => {
    const cases = pkitsCases().filter(
      ({ test: number }, index) => index % everyCase === 0 || number in pkitsRows,
    )
    const differing = new Set<string>()
    for (const item of cases) {
      const question = pkitsQuestion(item)
      const ours = await validatePath({ ...question, verifySignature: nodeCrypto.verifySignature })
      const { settings } = item
      const options = ['-crl_check_all', '-extended_crl', '-use_deltas', '-policy_check']
      options.push(...settings.userInitialPolicySet.flatMap((oid) => ['-policy', oid]))
      if (settings.initialExplicitPolicy) options.push('-explicit_policy')
      if (settings.initialPolicyMappingInhibit) options.push('-inhibit_map')
      if (settings.initialAnyPolicyInhibit) options.push('-inhibit_any')
      const theirs = await openssl.verify({
        root: pkitsFile(`certs/${item.anchor}`),
        between: question.intermediates,
        target: question.target,
        crls: question.crls,
        at: question.at,
        options,
      })
      if (ours.valid === theirs.valid) continue
      differing.add(item.test)
      t.truthy(pkitsRows[item.test], `${item.test} ${item.name}: ${theirs.said}`)
    }
    t.deepEqual(
      [...differing].toSorted(),
      Object.keys(pkitsRows).toSorted(),
      'no row stands for nothing',
    )
  },
)
