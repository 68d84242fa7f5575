/** The verifier's pure parts: roots by fingerprint, names, files, what differs between two pictures, steps, results. */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import test from 'ava'
import { fromHex, sha256Hex, toHex } from '../../../ca/path/index.ts'
import type { Report, SignatureReport } from '../../../exchange/verify/index.ts'
import { fingerprintWords, readFingerprint } from '../../../provisioning/kit/index.ts'
import { maxFiles, withFiles, type GivenName } from '../../../web/verifier/files.ts'
import { differences } from '../../../web/verifier/pages/difference.ts'
import type { Picture } from '../../../web/verifier/pages/messages.ts'
import { stepFor, stepsOf } from '../../../web/verifier/pages/steps.ts'
import { commandLine } from '../../../web/verifier/results.ts'
import { shown } from '../../../web/verifier/shown.ts'
import { fieldValue, rfc3339 } from '../../../web/verifier/times.ts'
import {
  awaited,
  judgedBy,
  mayHoldRoots,
  namesakeOf,
  noTrust,
  withFingerprint,
  withoutFingerprint,
  withoutRoot,
  withRootFile,
  type Trust,
} from '../../../web/verifier/trust/state.ts'
import { opensslRoot } from './openssl_root.ts'

const digest = 'a1b2c3d4e5f60718293a4b5c6d7e8f90112233445566778899aabbccddeeff00'

for (const [what, typed] of [
  ['hexadecimal', digest],
  ['groups in capitals', fingerprintWords(digest).hex],
  [
    'colons, as openssl prints it',
    `SHA256 Fingerprint=${(digest.match(/../g) ?? []).join(':').toUpperCase()}`,
  ],
  [
    'Chinese words in rows',
    fingerprintWords(digest)
      .chinese.map((row) => row.join(' '))
      .join('\n'),
  ],
  ['Chinese words without a gap', fingerprintWords(digest).chinese.flat().join('')],
  [
    'English words with their numbers',
    fingerprintWords(digest)
      .english.flat()
      .map((word, at) => `${String(at + 1)}. ${word}`)
      .join('\n'),
  ],
  [
    'full-width digits',
    digest.replace(/\d/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0)),
  ],
] as const) {
  test(`a fingerprint is read from ${what}`, (t) => {
    const read = readFingerprint(typed)
    t.is(read.state === 'whole' ? toHex(read.sha256) : read.state, digest)
  })
}

test('a fingerprint that is not whole, too long, or no fingerprint is never taken for one', (t) => {
  t.is(readFingerprint(' \n').state, 'empty')
  t.deepEqual(readFingerprint(digest.slice(0, 62)), { state: 'begun', bytes: 31 })
  t.is(readFingerprint(`${digest}0`).state, 'wrong')
  t.deepEqual(readFingerprint('苹果 香'), { state: 'begun', bytes: 1 })
  t.deepEqual(readFingerprint('苹果 錯字 香蕉'), { state: 'wrong', at: '錯字' })
  const words = fingerprintWords(digest).chinese.flat()
  t.is(readFingerprint([...words, '苹果'].join(' ')).state, 'wrong')
  t.is(readFingerprint(words.slice(0, 31).join(' ')).state, 'begun')
  t.is(readFingerprint(toHex(randomBytes(40_000))).state, 'wrong')
})

test('a root is trusted by its fingerprint alone: not when it is dropped, not by its name, not beside a confirmed one', (t) => {
  const real = opensslRoot()
  const forged = opensslRoot()
  const dropped = withRootFile(withRootFile(noTrust, real) ?? noTrust, forged) ?? noTrust
  t.is(dropped.roots.length, 2)
  t.deepEqual(judgedBy(dropped).trust, [])
  const confirmed = withFingerprint(dropped, sha256Hex(real))
  t.deepEqual(judgedBy(confirmed).trust, [real])
  const [one, other] = confirmed.roots
  t.truthy(one && namesakeOf(confirmed, one))
  t.is(other?.confirmed, false)
  t.deepEqual(judgedBy(withoutFingerprint(confirmed, sha256Hex(real))).trust, [])
  t.is(withoutRoot(confirmed, sha256Hex(forged)).roots.length, 1)
})

test('a fingerprint that was typed first confirms the root that fits when it comes, and no other', (t) => {
  const [real, forged] = [opensslRoot(), opensslRoot()]
  const typed = withFingerprint(noTrust, sha256Hex(real))
  t.deepEqual(awaited(typed), [fromHex(sha256Hex(real))])
  const wrong = withRootFile(typed, forged) ?? noTrust
  t.deepEqual(judgedBy(wrong).trust, [])
  t.is(awaited(wrong).length, 1)
  const right = withRootFile(wrong, real) ?? noTrust
  t.deepEqual(judgedBy(right).trust, [real])
  t.is(awaited(right).length, 0)
  // Dropped once more it is still one.
  t.is(withRootFile(right, real)?.roots.length, 2)
})

test('what is no root certificate is not among the roots: noise, a key, a settings file, a certificate of another issuer', (t) => {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const files: readonly (string | Uint8Array)[] = [
    randomBytes(300),
    key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    '{"trust":["MIIB"],"confirmed":true}',
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    new Uint8Array(2 * 1024 * 1024),
  ]
  const bytes = (file: string | Uint8Array) =>
    typeof file === 'string' ? new TextEncoder().encode(file) : file
  for (const file of files) t.is(withRootFile(noTrust, bytes(file)), undefined)
  t.true(mayHoldRoots('Root.PEM'))
  t.false(mayHoldRoots('trust.json'))
})

test('at most twenty roots are kept', (t) => {
  let trust: Trust = noTrust
  for (let at = 0; at < 22; at++) trust = withRootFile(trust, opensslRoot()) ?? trust
  t.is(trust.roots.length, 20)
})

for (const [name, text] of [
  ['公文‮fdp.exe', '公文⟨U+202E⟩fdp.exe'],
  ['a\nb\u0000c', 'a⟨U+000A⟩b⟨U+0000⟩c'],
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ['青办发〔2026〕1号.pdf', '青办发〔2026〕1号.pdf'],
] as const) {
  test(`the name ${JSON.stringify(name)} is shown so that nothing in it is unseen`, (t) => {
    t.is(shown(name), text)
  })
}

test('a name longer than any page is cut in its middle', (t) => {
  t.is(shown('字'.repeat(5000)).length, 401)
})

const file = (name: string): GivenName => ({
  name,
  file: new File(['x'], name, { lastModified: 1 }),
})

test('no file takes the place of another, and companions stay with their file', (t) => {
  const first = withFiles(new Map(), [file('a.json'), file('a.json.p7s')])
  const second = withFiles(first, [file('a.json'), file('b.pdf'), file('a.json.p7s')])
  t.deepEqual([...second.keys()], ['a.json', 'a.json.p7s', '2/a.json', '2/b.pdf', '2/a.json.p7s'])
  t.deepEqual(
    [...withFiles(new Map(), [file('c.pdf'), file('c.pdf')]).keys()],
    ['c.pdf', '2/c.pdf'],
  )
})

test('ten thousand files are taken and no more', (t) => {
  const many = Array.from({ length: maxFiles + 5 }, (_, at) => file(`${String(at)}.pdf`))
  t.is(withFiles(new Map(), many).size, maxFiles)
})

/** White, with black rectangles. */
function picture(
  widthPx: number,
  heightPx: number,
  ...black: readonly (readonly number[])[]
): Picture {
  const rgba = new Uint8ClampedArray(widthPx * heightPx * 4).fill(255)
  for (const [left = 0, top = 0, width = 0, height = 0] of black) {
    for (let y = top; y < top + height; y++) {
      for (let x = left; x < left + width; x++) rgba.set([0, 0, 0], (y * widthPx + x) * 4)
    }
  }
  return { widthPx, heightPx, rgba }
}

test('what differs is framed: near pieces together, far ones apart, from the top', (t) => {
  const plain = picture(400, 400)
  t.deepEqual(differences(plain, picture(400, 400)), [])
  const found = differences(
    plain,
    picture(400, 400, [200, 300, 40, 8], [16, 16, 30, 8], [56, 16, 8, 8]),
  )
  t.is(found.length, 2)
  const [top, low] = found
  t.deepEqual(top, { left: 16 / 400, top: 16 / 400, width: 48 / 400, height: 8 / 400 })
  t.true((low?.top ?? 0) > 0.7)
  t.is(differences(plain, picture(400, 300)).length, 1)
})

test('one grey pixel of a comma is a difference, and the smoothing of an edge is none', (t) => {
  const plain = picture(100, 100)
  const comma = picture(100, 100, [50, 50, 1, 1])
  t.is(differences(plain, comma).length, 1)
  const smooth = picture(100, 100)
  smooth.rgba.set([240, 240, 240], 4 * 5050)
  t.is(differences(plain, smooth).length, 0)
})

type RevisionReport = NonNullable<Report['revisions']>[number]

const revision = (index: number, end: number): RevisionReport => ({
  index,
  start: 0,
  end,
  sha256: '',
  changes: [],
})
const signature = (signer: string, at: number): SignatureReport => ({
  ...{ field: 'Sig', signer: `CN=${signer}`, level: null, revision: at, claimedTime: null },
  ...{ timestamps: [], coversWholeRevision: true, changesAfter: [], chain: [], findings: [] },
  verdict: 'INDETERMINATE',
  integrity: 'INTACT',
})

test('each revision is looked at; a tail that belongs to none is part of the last', (t) => {
  const report = {
    revisions: [revision(0, 100), revision(1, 200), revision(2, 300)],
    signatures: [signature('甲', 0), signature('乙', 1)],
  }
  const steps = stepsOf(report, 300)
  t.deepEqual(
    steps.map(({ end, signers, isLast }) => [end, signers.join(), isLast]),
    [
      [100, '甲', false],
      [200, '乙', false],
      [300, '', true],
    ],
  )
  t.is(stepFor(steps, 1), 1)
  t.is(stepFor(steps, 9), 2)
  t.is(stepsOf(report, 350).at(-1)?.end, 350)
  t.deepEqual(
    stepsOf({ signatures: [] }, 50).map(({ end }) => end),
    [50],
  )
})

test('the command line that gives the same has names quoted, and whole seconds', (t) => {
  const at = new Date('2026-11-26T00:00:00Z')
  const state = { files: new Map(), attachments: new Map(), at }
  t.is(
    commandLine(state, '0001.pdf'),
    'sealbox verify 0001.pdf --trust root.pem --at 2026-11-26T00:00:00Z --json',
  )
  t.true(commandLine(state, "a';rm -rf ~;'.pdf").includes("'a'\\'';rm -rf ~;'\\''.pdf'"))
  t.is(rfc3339(new Date(1500)), '1970-01-01T00:00:01.500Z')
  t.is(new Date(fieldValue(at)).getTime(), at.getTime())
})
