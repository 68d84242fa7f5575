/**
 * The life of a production box: shut until two officers enrolled, rolled over, its officers lost and appointed anew. One box goes
 * through all of it, so the tests come one after the other.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { openBox, type Box } from '../../../appliance/box/box.ts'
import { readLaterAnswers, type LaterPlan } from '../../../appliance/ceremony/answers.ts'
import { openAtRest, takeRoot, type RootOffered } from '../../../appliance/ceremony/box_at_rest.ts'
import { holdBreakGlass } from '../../../appliance/ceremony/break_glass.ts'
import { newCeremony, type Concluded, type Held } from '../../../appliance/ceremony/later.ts'
import { holdRollOver, rehearseRollOver } from '../../../appliance/ceremony/roll_over.ts'
import { freePort } from '../../../appliance/demo/box_process.ts'
import { holdRootList } from '../../../appliance/ceremony/root_list.ts'
import {
  anonymousClient,
  enrolPerson,
  enrolUnit,
  registerUnits,
  type DemoBox,
  type DemoUnit,
} from '../../../appliance/demo/district.ts'
import { serve, type Serving } from '../../../appliance/box/serve.ts'
import {
  appoint,
  approveEnrolment,
  approveEnrolments,
  type OfficerOptions,
} from '../../../appliance/unit/officer.ts'
import { readCeremonies, sha256Hex, toPem, type RevocationReason } from '../../../ca/index.ts'
import { readCertificate, readCrl } from '../../../ca/path/index.ts'
import { modelDistrict } from '../../../provisioning/index.ts'
import { isOpenBefore } from '../../../web/opening.ts'
import { routes } from '../../../web/routes.ts'
import { refusalOf } from '../../web/box_fixture.ts'
import { newKeys } from '../../web/enrolling.ts'
import { newFolder, run } from '../places.ts'
import {
  custodians,
  initIn,
  minutesVerify,
  passphrase,
  sealed,
  sharesIn,
  stateStolen,
  verdictOf,
} from './production.ts'

const log = { info: () => undefined, error: () => undefined }
const secrets = { passphrase }

let folder = ''
let directory = ''
/** Folder of the papers that hold the newest root's key. */
let rootPapers = ''
let firstRoot = ''
/** Folder of the papers of the first ceremony. */
let firstPapers = ''
let first: OfficerOptions
let second: OfficerOptions
const units: DemoUnit[] = []
/** The same ones at each start, so that who enrolled before the roll-over goes on with the old root pinned. */
const port = await freePort()
const ports = { port, pkiPort: await freePort(port) }
let running: { box: Box; serving: Serving; known: DemoBox } | undefined

async function start(): Promise<NonNullable<typeof running>> {
  const box = await openBox({ directory, log, url: 'https://localhost:8443', secrets })
  const serving = await serve(box, { ...ports, bind: '127.0.0.1' })
  const { authority, box: facts } = box.parts
  const known: DemoBox = {
    url: `https://localhost:${String(serving.port)}`,
    root: toPem('CERTIFICATE', authority.chain.at(-1) ?? new Uint8Array()),
    id: facts.id,
    journalCertificate: facts.journalCertificate,
  }
  running = { box, serving, known }
  return running
}

async function stop(): Promise<void> {
  await running?.serving.close()
  await running?.box.close()
  running = undefined
}

test.before(async () => {
  folder = await newFolder()
  directory = join(folder, 'data')
})
test.after.always(async () => {
  await stop()
  await rm(folder, { recursive: true, force: true })
})

const pki = async (path: string, body?: Uint8Array): Promise<Response> =>
  fetch(`http://127.0.0.1:${String(running?.serving.pkiPort)}${path}`, {
    ...(body && { method: 'POST', body: Buffer.from(body) }),
  })

test.serial(
  'until two officers have enrolled every row of the table is shut but those that enrol them',
  async (t) => {
    const made = await initIn(folder)
    rootPapers = made.papers
    firstPapers = made.papers
    firstRoot = join(made.papers, 'root.pem')
    const [one, two] = made.codes
    const { box, known } = await start()
    first = await enrolPerson(known, { id: 'officer-1', role: 'officer', code: one?.code ?? '' })
    let shut = 0
    for (const { method, path, who } of routes) {
      if (who !== 'anyone' && who !== 'certified' && who !== 'officer') continue
      if (isOpenBefore({ method, path })) continue
      const asked = path.replace(/:\w+/g, 'x').replace(/\{.*\}/, '')
      const asking = method === 'GET' ? first.client.text(asked) : first.client.act(asked, {})
      t.is(await refusalOf(asking), 'BOX_NEEDS_OFFICERS', `${method} ${path}`)
      shut += 1
    }
    t.true(shut > 20)
    t.is((await pki('/tsa', new Uint8Array(3))).status, 404)
    t.is(await box.parts.journal.views.get('p/opened'), undefined)
    second = await enrolPerson(
      known,
      { id: 'officer-2', role: 'officer', code: two?.code ?? '' },
      first,
    )
    const codes = await registerUnits(second, modelDistrict.slice(0, 2))
    for (const unit of modelDistrict.slice(0, 2)) {
      units.push(await enrolUnit(known, unit, { code: codes.get(unit.uscc) ?? '', officer: first }))
    }
    t.not(await box.parts.journal.views.get('p/opened'), undefined)
  },
)

test.serial(
  'whoever gives out the code of an officer does not approve what is asked by it: nobody becomes two officers alone',
  async (t) => {
    const { known } = running ?? (await start())
    const { code } = await appoint(first, { id: 'officer-alone', role: 'officer' })
    const anonymous = anonymousClient(known)
    const asked = await newKeys('officer')
    const json = { code, requests: asked.requests }
    t.like(await anonymous.act('/api/v1/requests/acts/redeem', json), { state: 'waiting' })
    t.is(await refusalOf(approveEnrolment(first, asked.id)), 'ENROLMENT_CODE_OWN')
    const many = await approveEnrolments(first, [asked.id])
    t.deepEqual(many, {
      approved: [],
      refused: [{ request: asked.id, code: 'ENROLMENT_CODE_OWN' }],
    })
    await approveEnrolment(second, asked.id)
    t.like(await anonymous.act('/api/v1/requests/acts/redeem', json), { compromises: [] })
    anonymous.close()
  },
)

async function hold(
  ceremony: (held: Held) => Promise<Concluded>,
  more: {
    readonly plan?: Partial<LaterPlan>
    readonly offered?: RootOffered
    readonly older?: boolean
  } = {},
): Promise<Concluded> {
  const box = await openAtRest({ directory, secrets })
  try {
    const offered = { folder: rootPapers, shares: await sharesIn(rootPapers) }
    const inHand = await takeRoot(box, more.offered ?? offered, { older: more.older === true })
    return await ceremony({
      ...{ box, inHand, plan: { ...readLaterAnswers(undefined), ...more.plan } },
      ...{ ceremony: newCeremony(box), out: join(folder, 'papers') },
      pageHashes: () => Promise.resolve({ signer: '0'.repeat(64), verifier: '1'.repeat(64) }),
    })
  } finally {
    await box.close()
  }
}

const statedFile = (): string => join(folder, 'stolen.compromise.json')

const keeping = { needed: 2, custodians: custodians.slice(1) }

test.serial(
  'a ceremony needs the box to stand still, enough shares, and custodians for a new root key',
  async (t) => {
    const one = { folder: rootPapers, shares: (await sharesIn(rootPapers)).slice(0, 1) }
    await t.throwsAsync(
      hold((held) => holdRootList(held)),
      { code: 'DATA_FOLDER_BUSY' },
    )
    const [unit, other] = units as [DemoUnit, DemoUnit]
    await sealed(join(folder, 'before.pdf'), unit, other)
    await stateStolen(statedFile(), {
      box: (running ?? (await start())).box,
      officers: [first, second],
      unit,
    })
    await stop()
    await t.throwsAsync(
      hold((held) => holdRootList(held), { offered: one }),
      { code: 'CA_SHARES_TOO_FEW' },
    )
    await t.throwsAsync(
      hold((held) => holdRollOver(held, 'root')),
      { code: 'CEREMONY_REFUSED' },
    )
    await t.throwsAsync(hold(holdBreakGlass, { plan: { officers: ['a', 'b'] } }), {
      code: 'CEREMONY_REFUSED',
    })
  },
)

test.serial(
  'a roll-over that dies before its commit changes nothing; held again, root and issuing authority are new',
  async (t) => {
    const dying = (held: Held): Promise<Concluded> =>
      holdRollOver(
        {
          ...held,
          onStep: () => {
            throw new Error('power cut')
          },
        },
        'root',
      )
    await t.throwsAsync(hold(dying, { plan: { keeping } }), { message: 'power cut' })
    const rolled = await hold(
      async (held) => {
        t.is(held.box.authority.roots.length, 1)
        t.deepEqual(await rehearseRollOver(held.box, 'root'), { certificates: 3, lists: 0 })
        return holdRollOver(held, 'root')
      },
      { plan: { keeping } },
    )
    t.is(rolled.minutes.kind, 'root-roll-over')
    const oldPapers = rootPapers
    rootPapers = rolled.papers
    // The custodians of the new key are others: the shares of the old one open nothing any more.
    await t.throwsAsync(
      hold((held) => holdRootList(held), {
        offered: { folder: rootPapers, shares: await sharesIn(oldPapers) },
      }),
      { code: 'CA_SHARE_FOREIGN' },
    )
    const shares = (await sharesIn(rootPapers)).map((share, at) => ({
      ...share,
      passphrase: keeping.custodians[at]?.passphrase ?? '',
    }))
    const offered = { folder: rootPapers, shares }
    const issuing = await hold((held) => holdRollOver(held, 'issuing'), { offered })
    t.deepEqual(
      issuing.minutes.certificates.map(({ key }) => key),
      ['issuing-2', 'ocsp-2'],
    )
    t.false(existsSync(join(directory, 'keys/root-2.key')))
    // The old root vouches for the new one: an auditor who knows the old fingerprint learns the new one.
    t.is(await minutesVerify(rolled.papers, firstRoot), 0)
    t.is(await minutesVerify(issuing.papers, join(rootPapers, 'root.pem')), 0)
    t.not(await minutesVerify(issuing.papers, firstRoot), 0)
  },
)

test.serial(
  'after the roll-over old and new leaves verify below old and new roots, PDFs of before included',
  async (t) => {
    const { box, known } = await start()
    const [unit] = modelDistrict.slice(2)
    if (!unit) throw new TypeError('a unit')
    const codes = await registerUnits(first, [unit])
    const fresh = await enrolUnit(known, unit, { code: codes.get(unit.uscc) ?? '', officer: first })
    const after = await sealed(join(folder, 'after.pdf'), fresh, units[0] as DemoUnit)
    const before = join(folder, 'before.pdf')
    const [newRoot, anchors] = [join(rootPapers, 'root.pem'), join(rootPapers, 'anchors.pem')]
    t.is(await verdictOf(before, firstRoot), 'TOTAL-PASSED')
    t.is(await verdictOf(before, anchors), 'TOTAL-PASSED')
    t.is(await verdictOf(before, newRoot), 'INDETERMINATE')
    // What was stated below the old root holds for whoever trusts the new one.
    for (const trust of [firstRoot, anchors]) {
      t.is(await verdictOf(before, trust, ['--statements', statedFile()]), 'TOTAL-FAILED', trust)
    }
    for (const trust of [firstRoot, newRoot, anchors])
      t.is(await verdictOf(after, trust), 'TOTAL-PASSED')
    for (const name of ['root', 'root-2', 'issuing', 'issuing-2']) {
      t.is((await pki(`/ca/${name}.crl`)).status, 200, name)
      t.is((await pki(`/ca/${name}.crt`)).status, 200, name)
    }
    await ocspBoth(t, [units[0], fresh])
    t.is(box.parts.authority.roots.length, 2)
    fresh.clerk.close()
    fresh.leader.close()
  },
)

/** OpenSSL asks about a leaf of each authority; each answer is signed by that authority's own responder. */
async function ocspBoth(t: ExecutionContext, of: readonly (DemoUnit | undefined)[]): Promise<void> {
  const at = join(folder, 'ocsp')
  await mkdir(at, { recursive: true })
  for (const [index, unit] of of.entries()) {
    const leaf = unit?.enrolled.keys[0]?.certificate ?? new Uint8Array()
    const name = index === 0 ? 'issuing' : 'issuing-2'
    const issuer = new Uint8Array(await (await pki(`/ca/${name}.crt`)).arrayBuffer())
    t.is(readCertificate(leaf).issuer.text, readCertificate(issuer).subject.text)
    const [leafFile, issuerFile] = [join(at, 'leaf.pem'), join(at, 'issuer.pem')]
    await writeFile(leafFile, toPem('CERTIFICATE', leaf))
    await writeFile(issuerFile, toPem('CERTIFICATE', issuer))
    const said = await run('openssl', [
      ...[
        'ocsp',
        '-issuer',
        issuerFile,
        '-cert',
        leafFile,
        '-CAfile',
        join(rootPapers, 'anchors.pem'),
      ],
      ...['-url', `http://127.0.0.1:${String(running?.serving.pkiPort)}/ocsp`],
      ...['-partial_chain', '-trusted_first'],
    ])
    t.true(/leaf\.pem: good/.test(said.stdout + said.stderr), said.stdout + said.stderr)
  }
}

test.serial(
  'break-glass appoints new officers by shares, shuts the old ones out, and is the first thing that pages show',
  async (t) => {
    await stop()
    const shares = (await sharesIn(rootPapers)).map((share, at) => ({
      ...share,
      passphrase: keeping.custodians[at]?.passphrase ?? '',
    }))
    const plan = {
      officers: ['officer-3', 'officer-4'],
      dismissed: ['officer-1', 'officer-2'],
      reason: '两名安全员同时离任',
    }
    const offered = { folder: rootPapers, shares }
    const { codes, papers, minutes } = await hold(holdBreakGlass, { plan, offered })
    t.deepEqual(minutes.dismissed, plan.dismissed)
    t.is(await minutesVerify(papers, join(rootPapers, 'root.pem')), 0)
    const text = await readFile(join(papers, 'minutes.json'), 'utf8')
    for (const { code } of codes) t.false(text.includes(code))
    const { box, known } = await start()
    const held = await readCeremonies(box.journal.views)
    t.is(held.at(-1)?.kind, 'break-glass')
    t.is(held.at(-1)?.minutes, sha256Hex(Buffer.from(text)))
    t.is(await refusalOf(first.client.get('/api/v1/requests')), 'CERTIFICATE_REQUIRED')
    const third = await enrolPerson(known, {
      id: 'officer-3',
      role: 'officer',
      code: codes[0]?.code ?? '',
    })
    const page = await third.client.text('/')
    t.true(page.includes('应急'), page.slice(0, 300))
    t.true(page.includes(plan.reason))
  },
)

test.serial(
  'the list of an absent root is renewed in a ceremony, with a higher number',
  async (t) => {
    const before = await running?.box.parts.authority.crl('root-2')
    await stop()
    const shares = (await sharesIn(rootPapers)).map((share, at) => ({
      ...share,
      passphrase: keeping.custodians[at]?.passphrase ?? '',
    }))
    await hold((held) => holdRootList(held), { offered: { folder: rootPapers, shares } })
    const old = { folder: firstPapers, shares: await sharesIn(firstPapers) }
    await t.throwsAsync(
      hold((held) => holdRootList(held), { offered: old }),
      { code: 'CA_SHARE_FOREIGN' },
    )
    const { minutes } = await hold((held) => holdRootList(held), { offered: old, older: true })
    t.deepEqual(
      minutes.lists.map(({ key }) => key),
      ['root'],
    )
    const { box } = await start()
    const after = await box.parts.authority.crl('root-2')
    t.true(after.number > (before?.number ?? Infinity))
    t.true(after.nextUpdate > (before?.nextUpdate ?? new Date()))
  },
)

test.serial(
  'an absent root revokes an authority that was rolled over, and none that is in use or not its own',
  async (t) => {
    const { issuing } = running?.box.trust.services ?? { issuing: [] }
    const [first, second] = issuing.map(({ certificate }) => sha256Hex(certificate))
    await stop()
    const old = { folder: firstPapers, shares: await sharesIn(firstPapers) }
    const revoking =
      (sha256: string, reason: RevocationReason = 'cACompromise') =>
      (held: Held): Promise<Concluded> =>
        holdRootList(held, { sha256, reason })
    const more = { offered: old, older: true }
    await t.throwsAsync(hold(revoking(second ?? ''), more), { code: 'CEREMONY_REFUSED' })
    await t.throwsAsync(hold(revoking(first ?? '', 'certificateHold'), more), {
      code: 'CEREMONY_REFUSED',
    })
    await t.throwsAsync(hold(revoking('0'.repeat(64)), more), { code: 'CA_CERTIFICATE_UNKNOWN' })
    const { minutes } = await hold(revoking(first ?? ''), more)
    t.true(minutes.reason.includes(first ?? '-'))
    await t.throwsAsync(hold(revoking(first ?? ''), more), { code: 'CA_ALREADY_REVOKED' })
    const { box } = await start()
    const { crl } = await box.parts.authority.crl('root')
    const serial = (await box.parts.authority.certificate(first ?? ''))?.serial
    const [entry] = readCrl(crl).readEntries().bySerial.values()
    t.truthy(entry)
    const text = await run('openssl', [
      'crl',
      '-inform',
      'DER',
      '-noout',
      '-text',
      '-in',
      await file(crl),
    ])
    t.true(text.stdout.toLowerCase().includes(serial ?? '-'), text.stdout)
    t.true(text.stdout.includes('CA Compromise'))
  },
)

async function file(bytes: Uint8Array): Promise<string> {
  const path = join(folder, 'bytes')
  await writeFile(path, bytes)
  return path
}
