/** A box whose machine's clock is set back while it serves: what goes on, what stops, who is told, and how two officers end it. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { boxActor, readClocks, toBase64, type Entry } from '../../ca/index.ts'
import { readOcspResponse } from '../../ca/path/index.ts'
import { statementAttributes, type Order, type Statement } from '../../exchange/index.ts'
import { verifyFile } from '../../exchange/verify/index.ts'
import { secondOfficer } from '../exchange/unit/asking.ts'
import { openTestBox, type Reply, type TestBox, type TestPerson } from './box_fixture.ts'
import { dispatched } from './trip.ts'

const hourMs = 3_600_000
/** What somebody added to the machine's clock. */
let set = 0
let box: TestBox
let second: TestPerson

test.before(async () => {
  box = await openTestBox({
    readClocks: () => {
      const { wall, monotonic } = readClocks()
      return { wall: wall + set, monotonic }
    },
  })
  second = await secondOfficer(box)
})
test.after.always(() => box.close())

const health = async () => (await box.request({ path: '/healthz', pki: true })).json

/** What `openssl` reads in the answer to a time-stamp request. */
async function stamped(): Promise<string> {
  const file = (name: string): string => join(box.directory, name)
  writeFileSync(file('content'), '某区人民政府文件')
  const query = ['-query', '-data', file('content'), '-sha256', '-cert', '-out', file('q.tsq')]
  execFileSync('openssl', ['ts', ...query], { stdio: 'ignore' })
  const reply = await fetch(`http://127.0.0.1:${String(box.pkiPort)}/tsa`, {
    method: 'POST',
    body: readFileSync(file('q.tsq')),
  })
  writeFileSync(file('r.tsr'), new Uint8Array(await reply.arrayBuffer()))
  return execFileSync('openssl', ['ts', '-reply', '-in', file('r.tsr'), '-text'], {
    encoding: 'utf8',
  })
}

async function propose(order: Order): Promise<Reply> {
  const now = box.parts.time.now()
  const signed = await box.sign(box.officer.signing, {
    ...{ type: 'sealbox.order', signer: box.officer.holder, order, reason: '对过表' },
    at: now.toISOString(),
    expires: new Date(now.getTime() + 86_400_000).toISOString(),
  })
  return box.act('/api/v1/orders/acts/propose', { as: box.officer.login, json: signed })
}

async function countersign(order: string, by: TestPerson): Promise<Reply> {
  const path = `/api/v1/orders/${order}/statement`
  const bytes = new Uint8Array((await box.request({ path, as: by.login })).bytes)
  const statement = JSON.parse(new TextDecoder().decode(bytes)) as Statement
  const { signer, name } = by.signing
  const signature = toBase64(await signer.sign(statementAttributes(statement, signer.certificate)))
  return box.act(`/api/v1/orders/${order}/acts/countersign`, {
    as: by.login,
    json: { signature, certificate: name },
  })
}

/** To confirm the time with this correction, as the page would write it now. */
function confirmTime(offsetMs: number): Order {
  const { time } = box.parts
  const [machine, now] = [time.machine().toISOString(), time.now().toISOString()]
  return { act: 'confirm-time', offsetMs, machine, box: now }
}

/** A document sealed now. */
async function sealedFile(): Promise<Uint8Array> {
  const [one, two] = box.units
  const { id } = await dispatched({ issuers: [one], main: [two] })
  return one.clerk.pdf(id)
}

/** What the verifier says of it by the box's own time. */
async function verdictOf(bytes: Uint8Array): Promise<string> {
  const at = box.parts.clock.now()
  const report = await verifyFile({ name: 'one.pdf', bytes, trust: [box.root], at, companions: {} })
  return report.verdict
}

test.serial('before, all is well, and no page says otherwise', async (t) => {
  t.false('clock' in (await health()))
  t.regex(await stamped(), /Status: Granted/)
  const page = await box.request({ path: '/', as: box.officer.login })
  t.notRegex(page.text, /时间未确认|not confirmed/)
})

test.serial(
  'set back an hour: nothing is stamped, and everything else goes on by the true time',
  async (t) => {
    const { authority } = box.parts
    const before = { crl: await authority.crl('issuing'), size: box.box.journal.size }
    set = -hourMs
    const text = await stamped()
    t.regex(text, /Status: Rejected/)
    t.regex(text, /time source is not available/)
    t.is((await health())['clock'], 'held')
    t.is((await box.request({ path: '/api/v1/me', as: box.officer.login })).status, 200, 'log-in')
    const auditor = await box.appoint('auditor-9', 'auditor')
    t.is((await box.request({ path: '/api/v1/me', as: auditor.login })).status, 200, 'issuing')
    t.is((await box.revoke(auditor.login)).status, 200, 'revoking')
    t.is(
      (await box.request({ path: '/api/v1/me', as: auditor.login })).code,
      'CERTIFICATE_REQUIRED',
    )
    const list = await authority.crl('issuing')
    t.true(list.number > before.crl.number && list.thisUpdate >= before.crl.thisUpdate, 'CRL')
    t.true(Math.abs(Date.now() - list.thisUpdate.getTime()) < 60_000, 'not by the machine’s clock')
    const entries = await box.entries(before.size)
    const [first, ...acts] = entries as unknown as readonly Entry[]
    t.is(first?.type, 'clock.held')
    t.true(acts.length > 3 && acts.every(({ timeUnconfirmed }) => timeUnconfirmed === true))
    t.true(acts.every(({ time }) => Math.abs(Date.now() - Date.parse(time)) < 60_000))
    t.is(acts.filter(({ type }) => type === 'clock.held').length, 0, 'told once')
    t.is((await box.entries(before.size, 'timestamps.granted')).length, 0)
  },
)

test.serial('officers are told on every page, a unit is not', async (t) => {
  for (const path of ['/', '/units', '/help']) {
    const page = await box.request({ path, as: box.officer.login })
    t.regex(page.text, /时间未确认|not confirmed/, path)
  }
  const keeper = await box.appoint('administrator-9', 'administrator')
  const state = await box.request({ path: '/', as: keeper.login })
  t.regex(state.text, /请校正机器的时钟|set the machine’s clock right/)
  const auditor = await box.appoint('auditor-10', 'auditor')
  const last = `/journal/${String(box.box.journal.size - 1)}`
  const entry = await box.request({ path: last, as: auditor.login })
  t.regex(entry.text, /时间未经确认|time unconfirmed/, 'the auditor sees it at each entry')
  const unit = await box.request({ path: '/', as: box.units[0].keys.clerk })
  t.is(unit.status, 200)
  t.notRegex(unit.text, /时间未确认|not confirmed/)
})

test.serial('one officer alone ends no hold', async (t) => {
  const proposed = await propose(confirmTime(hourMs))
  t.is(proposed.status, 201, proposed.text)
  const order = String(proposed.json['order'])
  t.is((await countersign(order, box.officer)).code, 'ORDER_SAME_OFFICER')
  t.is((await health())['clock'], 'held')
})

test.serial('an order over a clock that was set again meanwhile is refused', async (t) => {
  const proposed = await propose(confirmTime(hourMs))
  const order = String(proposed.json['order'])
  set -= 60_000
  t.is((await countersign(order, second)).code, 'ORDER_CLOCK_MOVED')
  set += 60_000
  t.is((await health())['clock'], 'held')
})

test.serial(
  'two officers correct the time: stamps are granted again, with the right time',
  async (t) => {
    const from = box.box.journal.size
    const proposed = await propose(confirmTime(hourMs))
    const answer = await countersign(String(proposed.json['order']), second)
    t.is(answer.status, 200, answer.text)
    t.false('clock' in (await health()))
    const text = await stamped()
    t.regex(text, /Status: Granted/)
    const said = Date.parse(/Time stamp: (.*)/.exec(text)?.[1] ?? '')
    t.true(Math.abs(said - Date.now()) < 60_000, text)
    t.is(box.parts.time.timeSource, 'officer-confirmed')
    const types = (await box.entries(from)).map(({ type }) => type)
    t.deepEqual(types, ['order.proposed', 'order.countersigned', 'clock.confirmed'])
  },
)

test.serial(
  'the machine’s clock set right again is a step like any other, and confirmed as it is',
  async (t) => {
    set = 0
    t.regex(await stamped(), /Status: Rejected/)
    const proposed = await propose(confirmTime(0))
    t.is((await countersign(String(proposed.json['order']), second)).status, 200)
    t.regex(await stamped(), /Status: Granted/)
    t.is(box.parts.time.offsetMs, 0)
  },
)

test.serial(
  'by order of two officers another key stamps at once; the archive of before verifies',
  async (t) => {
    const { trust } = box.box
    const sealed = await sealedFile()
    const old = trust.certificates.timestamping
    const proposed = await propose({ act: 'roll-over-service', role: 'timestamping' })
    t.is((await countersign(String(proposed.json['order']), second)).status, 200)
    t.notDeepEqual(trust.certificates.timestamping, old)
    t.is(trust.services.timestamping.length, 2)
    t.regex(await stamped(), /Status: Granted/)
    t.is(await verdictOf(sealed), 'TOTAL-PASSED')
    t.is(await verdictOf(await sealedFile()), 'TOTAL-PASSED')
  },
)

test.serial(
  '400 days ahead, past the end of both keys: held, then confirmed, then other keys serve',
  async (t) => {
    const { trust } = box.box
    const sealed = await sealedFile()
    set = 400 * 24 * hourMs
    t.regex(await stamped(), /time source is not available/)
    await box.box.rollOver()
    t.is(trust.services.timestamping.length, 2, 'no certificate is made with a doubtful date')
    const proposed = await propose(confirmTime(0))
    const answer = await countersign(String(proposed.json['order']), second)
    t.is(answer.status, 200, answer.text)
    t.regex(await stamped(), /time source is not available/, 'the key has had its year')
    await box.box.rollOver()
    t.is(trust.services.timestamping.length, 3)
    t.is(trust.services.ocsp.length, 2, 'the responder had ended')
    t.regex(await stamped(), /Status: Granted/)
    t.is((await box.request({ path: '/api/v1/me', as: box.officer.login })).status, 200, 'log-in')
    const { authority, clock } = box.parts
    const response = await authority.ocsp.answerFor(trust.certificates.tls, clock.now())
    const { answers } = readOcspResponse(response)
    t.true((answers[0]?.thisUpdate.getTime() ?? 0) > Date.now() + 399 * 24 * hourMs)
    await authority.refreshCrls(boxActor)
    const list = await authority.crl('issuing')
    t.true(list.nextUpdate > clock.now(), 'a list of now')
    t.is(await verdictOf(sealed), 'TOTAL-PASSED', 'the archive of before, judged in its future')
  },
)
