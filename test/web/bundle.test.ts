/** Evidence bundles of a whole box: what each may have, that they verify by themselves, on any machine and with the tools of others. */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import test from 'ava'
import { canonicalJson, equal, toPem, type JsonObject } from '../../ca/index.ts'
import type { Principal } from '../../exchange/index.ts'
import { reportText, verifyFile, type Report } from '../../exchange/verify/index.ts'
import type { Identity, TestBox, TestUnit } from './box_fixture.ts'
import {
  codesOf as codes,
  makeBundle,
  packAnew,
  seatOf,
  textIn,
  unpack,
  type MadeBundle,
} from './bundle_fixture.ts'
import { dispatched } from './trip.ts'

const folder = mkdtempSync(join(tmpdir(), 'bundle-'))
test.after.always(() => {
  rmSync(folder, { recursive: true })
})

let made: MadeBundle
let box: TestBox
let whole: Uint8Array
let id: string
let name: string
let at: Date
/** The same once more. */
let again: Uint8Array

test.before(async () => {
  made = await makeBundle()
  ;({ box, whole, id, name } = made)
  again = (await box.parts.bundles(await seat(box.units[0]), id)).bytes
  at = new Date()
})
test.after.always(() => box.close())

const seat = (of: TestUnit): Promise<Principal> => seatOf(box, of)
const verify = (
  bytes: Uint8Array,
  { trust = [box.root], when = at }: { trust?: readonly Uint8Array[]; when?: Date } = {},
): Promise<Report> => verifyFile({ name, bytes, trust, at: when })

test('a bundle of a sealed document without the PDF is no whole one, whatever it says of itself', async (t) => {
  const members = unpack(whole)
  for (const path of [...members.keys()].filter((one) => one.endsWith('.pdf'))) members.delete(path)
  const contents = JSON.parse(textIn(members, 'bundle.json')) as JsonObject
  members.set('bundle.json', canonicalJson({ ...contents, pdf: null, attachments: [] }))
  const report = await verify(await packAnew(members))
  t.not(report.verdict, 'TOTAL-PASSED')
  t.true(codes(report).includes('BUNDLE_CONTENTS_MALFORMED'), codes(report).join())
})

test('a bundle passes, counts who has signed for it, and names who has not', async (t) => {
  const report = await verify(whole)
  t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report.findings))
  const [one, two, three] = box.units.map(({ unit }) => unit)
  t.deepEqual(report.bundle?.completeness, {
    recipients: 2,
    signedFor: 1,
    returned: [],
    missing: [three?.uscc ?? ''],
    proven: true,
  })
  t.deepEqual(report.bundle?.units[one?.uscc ?? ''], one?.name)
  t.regex(
    reportText(report, 'zh'),
    new RegExp(`2 个收文单位中 1 个已签收；缺 1 个：${three?.name ?? ''}`),
  )
  t.regex(reportText(report, 'en'), new RegExp(`1 of 2 signed for; missing: ${three?.name ?? ''}`))
  t.is(report.seal.verdict, 'TOTAL-PASSED')
  t.deepEqual(
    codes(report).filter((code) => code !== 'TRIAL_DISTRICT'),
    ['RECEIPTS_OUTSTANDING'],
  )
  t.truthy(two)
})

test('the time of a seal is witnessed by the recipient, that of the receipt by the box alone', async (t) => {
  const report = await verify(whole)
  const signatureOf = (file: string | RegExp) =>
    report.signatures.find(
      ({ file: of = '', field }) => field !== 'ASiCManifest' && of.search(file) >= 0,
    )
  const seal = report.signatures.find(({ field }) => field === 'seal-1')
  const [, two] = box.units
  t.like(seal?.time, { attestation: 'WITNESSED', by: `seat:${two.unit.uscc}/clerk` })
  const dispatch = signatureOf(/dispatch/)
  t.is(dispatch?.time?.attestation, 'WITNESSED')
  t.is(dispatch?.time?.notAfter?.by, `seat:${two.unit.uscc}/clerk`)
  const answer = signatureOf(/receipt/)
  t.is(answer?.time?.attestation, 'BOX-ATTESTED')
  // After the head that the recipient saw, which the issuer's dispatch stands under.
  t.is(answer?.time?.notBefore?.by, `seat:${box.units[0].unit.uscc}/clerk`)
  t.regex(reportText(report, 'zh'), /WITNESSED 另有单位见证/)
})

test('what does not depend on the head and the signature is made again byte for byte', async (t) => {
  const [first, second] = [unpack(whole), unpack(again)]
  t.deepEqual([...second.keys()], [...first.keys()])
  // The token of the first one stands in the journal by now, so its head is another one.
  const moves = /^(?:META-INF|journal)\/|^bundle\.json$/
  for (const [path, bytes] of first) {
    if (!moves.test(path)) t.true(equal(second.get(path) ?? again, bytes), path)
  }
  t.true(equal(await packAnew(first), whole))
})

test('a recipient gets its own part, and only after it signed for it', async (t) => {
  const [, two, three] = box.units
  const own = await box.parts.bundles(await seat(two), id)
  const report = await verify(own.bytes, { when: new Date() })
  t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report.findings))
  t.is(report.bundle?.completeness, undefined, 'who else has signed for it is not its to know')
  t.true(codes(report).includes('BUNDLE_PARTIAL'))
  t.false([...unpack(own.bytes).keys()].some((path) => path.includes('approval')))
  await t.throwsAsync(box.parts.bundles(await seat(three), id), { code: 'NOT_FOUND' })
  await t.throwsAsync(box.parts.bundles(await seat(three), 'a'.repeat(26)), { code: 'NOT_FOUND' })
})

test('an auditor gets the record without content, an administrator and an officer nothing', async (t) => {
  const certificate = box.units[0].keys.clerk.name
  const person = (role: 'auditor' | 'officer' | 'administrator'): Principal => {
    return { kind: 'person', holder: `person:${role}-1`, certificate, id: `${role}-1`, role }
  }
  const { bytes } = await box.parts.bundles(person('auditor'), id)
  const paths = [...unpack(bytes).keys()]
  t.false(
    paths.some((path) => /\.pdf$|draft|attachments|approval|\.return/.test(path)),
    paths.join(),
  )
  const report = await verify(bytes, { when: new Date() })
  t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report.findings))
  t.like(report.bundle?.completeness, { recipients: 2, signedFor: 1, proven: true })
  for (const role of ['officer', 'administrator'] as const) {
    await t.throwsAsync(box.parts.bundles(person(role), id), { code: 'NOT_FOUND' })
  }
})

test('over HTTPS each gets its own bundle, and nobody another one’s', async (t) => {
  const [one, , three] = box.units
  const auditor = await box.appoint('auditor-1', 'auditor')
  const asked = async (path: string, as: Identity): Promise<number> => {
    const { status, bytes } = await box.request({ path, as })
    if (status === 200) {
      const report = await verify(new Uint8Array(bytes), { when: new Date() })
      t.is(report.verdict, 'TOTAL-PASSED', path)
    }
    return status
  }
  const [page, api, record] = [
    `/documents/${id}/bundle.asice`,
    `/api/v1/documents/${id}/bundle`,
    `/journal/documents/${id}/bundle.asice`,
  ]
  t.is(await asked(page, one.keys.clerk), 200)
  t.is(await asked(api, one.keys.clerk), 200)
  t.is(await asked(api, three.keys.clerk), 404)
  t.is(await asked(api, auditor.login), 200)
  t.is(await asked(record, auditor.login), 200)
  t.is(await asked(record, one.keys.clerk), 403)
  t.is(await asked(page, auditor.login), 403)
})

test('a return stands in the count, and its reason in no record for auditors', async (t) => {
  const [one, two, three] = box.units
  const sent = await dispatched({ issuers: [one], main: [two, three] })
  await two.clerk.signFor(sent.id)
  await three.clerk.returnToSender(sent.id, '缺少附件')
  const report = await verifyFile({
    name,
    bytes: (await box.parts.bundles(await seat(one), sent.id)).bytes,
    trust: [box.root],
    at: new Date(),
  })
  t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report.findings))
  t.like(report.bundle?.completeness, { recipients: 2, signedFor: 1, missing: [] })
  t.deepEqual(report.bundle?.completeness?.returned, [three.unit.uscc])
})

test('a bundle of another root is not determined, and counts nobody', async (t) => {
  const report = await verify(whole, { trust: [] })
  t.like(report, { verdict: 'INDETERMINATE' })
  t.like(report.bundle?.completeness, { signedFor: 0, proven: false })
})

test('two machines print the same report, byte for byte', (t) => {
  writeFileSync(join(folder, 'root.pem'), box.rootPem)
  writeFileSync(join(folder, 'a.asice'), whole)
  mkdirSync(join(folder, 'elsewhere'), { recursive: true })
  const sealbox = join(import.meta.dirname, '..', '..', 'appliance', 'sealbox')
  const asked = ['--trust', join(folder, 'root.pem'), '--at', at.toISOString()]
  const run = (env: Record<string, string>, more: readonly string[], cwd: string, file: string) =>
    spawnSync(
      'sh',
      [
        '-c',
        `umask ${env['UMASK'] ?? '022'}; exec "$@"`,
        'sh',
        sealbox,
        'verify',
        file,
        ...asked,
        ...more,
      ],
      {
        cwd,
        env: { ...process.env, ...env },
        encoding: 'utf8',
      },
    )
  const library = ['/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'].find(existsSync)
  const fake = library === undefined ? {} : { LD_PRELOAD: library, FAKETIME: '+400d' }
  for (const more of [[], ['--json']]) {
    const here = run({ TZ: 'UTC', LANG: 'C', LC_ALL: 'C' }, more, folder, 'a.asice')
    const there = run(
      { TZ: 'Asia/Shanghai', LANG: 'zh_CN.UTF-8', LC_ALL: 'C.UTF-8', UMASK: '077', ...fake },
      more,
      join(folder, 'elsewhere'),
      '../a.asice',
    )
    t.is(here.status, 0, here.stderr)
    t.is(there.stdout, here.stdout)
    t.is(there.status, here.status)
  }
})

test('the command line compares heads with an export, and its status tells a fork', (t) => {
  const to = join(folder, 'heads')
  const receipts = join(to, 'receipts')
  mkdirSync(receipts, { recursive: true })
  for (const [path, bytes] of unpack(whole)) {
    if (/^(?:receipts|statements)\//.test(path))
      writeFileSync(join(receipts, basename(path)), bytes)
  }
  writeFileSync(join(to, 'root.pem'), box.rootPem)
  const source = join(box.directory, 'journal')
  cpSync(source, join(to, 'export'), { recursive: true })
  const { certificate } = box.box.trust.journalSigner
  const chain = [certificate, ...box.parts.authority.chainOf(certificate)]
  const pem = chain.map((der) => toPem('CERTIFICATE', der)).join('')
  writeFileSync(join(to, 'export', 'journal.pem'), pem)
  const sealbox = join(import.meta.dirname, '..', '..', 'appliance', 'sealbox')
  const run = (...asked: string[]) => {
    const all = ['verify', ...asked, '--trust', 'root.pem', '--json']
    const { stdout, status, stderr } = spawnSync(sealbox, all, { cwd: to, encoding: 'utf8' })
    t.is(stderr, '')
    const lines = stdout.trimEnd().split('\n')
    return { status, reports: lines.map((line) => JSON.parse(line) as Report) }
  }
  const names = readdirSync(receipts).filter((each) => each.endsWith('.json'))
  const files = names.map((each) => `receipts/${each}`)
  const honest = run(...files, '--heads', 'export')
  t.is(honest.status, 0, JSON.stringify(honest.reports))
  t.like(honest.reports[0], { file: 'heads', verdict: 'TOTAL-PASSED' })
  t.is(honest.reports.length, 1 + files.length)
  const times = honest.reports.flatMap(({ signatures }) =>
    signatures.map(({ time }) => time?.attestation),
  )
  t.deepEqual(times.toSorted(), ['BOX-ATTESTED', 'WITNESSED', 'WITNESSED'])
  t.is(run('--heads', 'receipts', '--heads', 'export').status, 0, 'heads alone')

  const segment = join(to, 'export', '00000001.seg')
  const text = readFileSync(segment, 'utf8')
  const other = (digit: string): string => (digit === 'a' ? 'b' : 'a')
  writeFileSync(
    segment,
    text.replace(/"salt":"(.)/, (_, digit: string) => `"salt":"${other(digit)}`),
  )
  const forked = run(...files, '--heads', 'export')
  t.is(forked.status, 1)
  t.true(forked.reports[0]?.findings.some(({ code }) => code === 'HEAD_FORKED'))
})

test('the commands of docs/formats/bundle.md print what stands there', (t) => {
  const to = join(folder, 'unpacked')
  mkdirSync(to)
  writeFileSync(join(to, 'bundle.asice'), whole)
  writeFileSync(join(to, 'root.pem'), box.rootPem)
  const page = join(import.meta.dirname, '..', '..', 'docs', 'formats', 'bundle.md')
  const blocks = [...readFileSync(page, 'utf8').matchAll(/^```(\S*)\n([^]*?)^```$/gm)]
  const env = { ...process.env, LC_ALL: 'C.UTF-8' }
  let ran = 0
  for (const [place, [, kind, script = '']] of blocks.entries()) {
    if (kind !== 'sh') continue
    const printed = execFileSync('bash', ['-ec', script], { cwd: to, encoding: 'utf8', env })
    t.is(printed.trimEnd(), blocks[place + 1]?.[2]?.trimEnd() ?? '', script)
    ran++
  }
  t.is(ran, 5)
})
