/** Alarms: raised, worse, reminded of, ended; and told: to a real collector (rsyslog over TLS) and a real relay. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { SMTPServer } from 'smtp-server'
import { freePort } from '../../../appliance/demo/box_process.ts'
import type { ConsoleFacts } from '../../../appliance/console/facts.ts'
import { statusKey, statusLines } from '../../../appliance/console/status.ts'
import { nextAlarms, noAlarms, type AlarmState } from '../../../appliance/health/alarms.ts'
import { letterOf } from '../../../appliance/health/mail.ts'
import { toldAlarms } from '../../../appliance/health/told_console.ts'
import { isTold } from '../../../appliance/health/syslog/entries.ts'
import { frame, writeMessage } from '../../../appliance/health/syslog/message.ts'
import { boxActor } from '../../../ca/index.ts'
import type { ReportedCheck, Reporting } from '../../../web/index.ts'
import { noReporting } from '../../../web/index.ts'
import { newFolder } from '../places.ts'
import { serveNewBox, type ServedBox } from '../in_process.ts'
import { authority, type Authority } from './authority.ts'

const start = new Date('2026-11-25T08:00:00Z')
const minute = (n: number): Date => new Date(start.getTime() + n * 60_000)
const words = (what: string) => ({ what, value: 'v', advice: 'a' })
const check = (code: string, state: ReportedCheck['state']): ReportedCheck => ({
  code: code as ReportedCheck['code'],
  ...{ state, zh: words('磁盘'), en: words('Disk') },
})

/** The kinds of news of a row of looks, a minute apart. */
function newsOf(...states: readonly ReportedCheck['state'][]): string[] {
  let state: AlarmState = noAlarms
  return states.flatMap((one, at) => {
    const next = nextAlarms(state, [check('disk', one)], minute(at))
    state = next.state
    return next.news.map(({ kind }) => `${String(at)} ${kind}`)
  })
}

test('what failed is told at once, what wants a look once it lasts, what is well again once it lasts', (t) => {
  t.deepEqual(newsOf('ok', 'bad', 'bad', 'ok', 'ok', 'ok'), ['1 raised', '4 ended'])
  t.deepEqual(newsOf('warn', 'warn', 'warn'), ['1 raised'])
  t.deepEqual(newsOf('warn', 'ok', 'warn', 'ok', 'warn'), [])
  t.deepEqual(newsOf('warn', 'warn', 'bad', 'warn'), ['1 raised', '2 worse'])
  t.deepEqual(newsOf('bad', 'ok', 'bad', 'ok', 'bad'), ['0 raised'])
})

test('what stays failed is told again each day, what only wants a look is not', (t) => {
  for (const [state, told] of [
    ['bad', ['raised', 'reminded']],
    ['warn', ['raised']],
  ] as const) {
    let kept: AlarmState = noAlarms
    const news = Array.from({ length: 24 * 60 + 5 }, (_, at) => {
      const next = nextAlarms(kept, [check('disk', state)], minute(at))
      kept = next.state
      return next.news.map(({ kind }) => kind)
    })
    t.deepEqual(news.flat(), told)
  }
})

test('however a matter comes and goes, news of a code begins with raised and ends with ended, in turn', (t) => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('ok', 'warn', 'bad'), { maxLength: 60 }), (states) => {
      const kinds = newsOf(...(states as ReportedCheck['state'][]))
        .map((one) => one.split(' ')[1])
        .filter((kind) => kind === 'raised' || kind === 'ended')
      kinds.forEach((kind, at) => t.is(kind, at % 2 === 0 ? 'raised' : 'ended'))
    }),
    { seed: 6, numRuns: 300 },
  )
})

test('a message is RFC 5424, one line whatever is in it, and framed by its octets', (t) => {
  const bytes = writeMessage(
    {
      ...{ facility: 'audit', severity: 'warning', at: start, kind: 'certificate.revoked' },
      data: { subject: 'a "quoted] \\ one', index: '7' },
      text: '吊销\n<13>1 - forged',
    },
    { host: 'box.example', process: 42 },
  )
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  t.is(
    text,
    '<108>1 2026-11-25T08:00:00.000Z box.example sealbox 42 certificate.revoked [sealbox@32473 subject="a \\"quoted\\] \\\\ one" index="7"] \ufeff吊销 <13>1 - forged',
  )
  t.true(
    Buffer.from(frame(bytes))
      .toString()
      .startsWith(`${String(bytes.length)} <108>1 `),
  )
})

test('no collector is told of documents, nor of what was refused about one', (t) => {
  t.true(isTold({ type: 'certificate.revoked', subject: 'certificate:x' }))
  t.true(isTold({ type: 'signatures.installed', subject: 'virus-check' }))
  t.true(isTold({ type: 'act.refused', subject: 'act' }))
  for (const type of ['document.dispatched', 'timestamps.granted', 'evidence.stamped']) {
    t.false(isTold({ type, subject: 'x' }), type)
  }
  t.false(isTold({ type: 'act.refused', subject: 'document:x' }))
})

test('a letter says what is wrong and what to do, in the language asked for', (t) => {
  const { state, news } = nextAlarms(noAlarms, [check('disk', 'bad')], start)
  t.is(state.open.length, 1)
  const letter = letterOf(news, { language: 'zh', district: '测试区', url: 'https://box' })
  t.regex(letter.subject, /^印匣 测试区：新告警 磁盘$/)
  t.regex(letter.text, /\[新告警\] 磁盘: v\n {4}a\n/)
})

test('a console shows each alarm and what to do, and shows itself anew when one comes or goes', (t) => {
  const facts: Omit<ConsoleFacts, 'alarms'> = {
    ...{ version: '0', language: 'zh', addresses: [], port: 8443 },
    ...{ service: 'serving', box: undefined, isSetUp: true, now: start, freePercent: 50 },
  }
  const told = { state: 'bad', since: '', zh: words('磁盘'), en: words('Disk') } as const
  const [none, one, more] = [
    { ...facts, alarms: [] },
    { ...facts, alarms: [told] },
    { ...facts, alarms: [{ ...told, zh: { ...told.zh, value: 'w' } }] },
  ]
  const en = { language: 'en', w: (_: string, english: string) => english } as const
  t.true(statusLines(en, one).includes('  ! FAILED Disk: v'))
  t.true(statusLines(en, one).includes('      a'))
  t.not(statusKey(one), statusKey(none))
  t.is(statusKey(one), statusKey(more))
})

test('a file of alarms that is not whole is as none', async (t) => {
  const folder = await newFolder()
  t.teardown(() => rm(folder, { recursive: true }))
  writeFileSync(join(folder, 'alarms.json'), '{"version":1,"alarms":[{"state":')
  t.deepEqual(await toldAlarms(folder), [])
})

/** rsyslog with its own TLS; what it took, a line a message. */
function collector(
  t: ExecutionContext,
  { folder }: Authority,
  port: number,
): { lines(): string[]; seen(pattern: RegExp): Promise<boolean>; stop(): Promise<void> } {
  mkdirSync(join(folder, 'work'), { recursive: true })
  const out = join(folder, 'taken')
  writeFileSync(
    join(folder, 'rsyslog.conf'),
    `global(workDirectory="${folder}/work" defaultNetstreamDriver="gtls"
  defaultNetstreamDriverCAFile="${folder}/ca.pem"
  defaultNetstreamDriverCertFile="${folder}/server.pem" defaultNetstreamDriverKeyFile="${folder}/server.key")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
template(name="all" type="string" string="%pri%|%timestamp:::date-rfc3339%|%hostname%|%app-name%|%msgid%|%structured-data%|%msg%\\n")
input(type="imtcp" port="${String(port)}" address="127.0.0.1" ruleset="taken")
ruleset(name="taken") { action(type="omfile" file="${out}" template="all") }
`,
  )
  const conf = ['-n', '-f', join(folder, 'rsyslog.conf'), '-i', join(folder, 'pid')]
  const child: ChildProcess = spawn('/usr/sbin/rsyslogd', conf, { stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
  }
  t.teardown(stop)
  const lines = (): string[] =>
    existsSync(out) ? readFileSync(out, 'utf8').split('\n').filter(Boolean) : []
  return {
    lines,
    stop,
    async seen(pattern) {
      for (let tried = 0; tried < 900; tried++) {
        if (lines().some((line) => pattern.test(line))) return true
        await pause(100)
      }
      return false
    },
  }
}

async function boxOf(t: ExecutionContext): Promise<ServedBox> {
  const box = await serveNewBox()
  t.teardown(() => box.close())
  return box
}

const configured = (box: ServedBox, reporting: Partial<Reporting>): Promise<void> =>
  box.box.parts.alarms.configure(boxActor, { ...noReporting, ...reporting })

async function act(box: ServedBox, type: string, subject: string): Promise<void> {
  const entry = { type, actor: boxActor, subject, data: {} }
  await box.box.journal.commit({ entries: [entry] })
}

test('rsyslog takes entries and a signed head over TLS, none of a document, and none is lost while it is down', async (t) => {
  const [box, known, port] = [await boxOf(t), await authority(t), await freePort()]
  const first = collector(t, known, port)
  const settings = { host: '127.0.0.1', port, name: 'collector.example', ca: known.ca }
  await configured(box, { collector: settings })
  t.true(await first.seen(/\|journal\.head\|.*checkpoint=/))
  await act(box, 'unit.touched', 'unit:one')
  await act(box, 'document.touched', 'document:secret')
  t.true(
    await first.seen(
      /^\d+\|2.*\|localhost\|sealbox\|unit\.touched\|\[sealbox@32473 index="\d+".*unit:one/,
    ),
  )
  await first.stop()
  // The first write on a line that was cut may still be taken by the kernel: the other side says so by closing it.
  await pause(200)
  await act(box, 'unit.touched', 'unit:two')
  const second = collector(t, known, port)
  t.true(await second.seen(/unit:two/))
  t.false(second.lines().some((line) => line.includes('document')))
  t.is((await box.box.parts.health()).reporting?.collector?.state, 'well')
})

test('a collector with another certificate, or another name in it, gets not a word', async (t) => {
  const [box, known, other] = [await boxOf(t), await authority(t), await authority(t)]
  const port = await freePort()
  const taking = collector(t, known, port)
  const settings = { host: '127.0.0.1', port, name: 'collector.example', ca: known.ca }
  await configured(box, { collector: settings })
  t.true(await taking.seen(/journal\.head/))
  await configured(box, { collector: { ...settings, ca: other.ca } })
  t.like(await box.box.parts.alarms.try(), { mail: 'none' })
  t.notDeepEqual((await box.box.parts.alarms.try()).collector, 'sent')
  await configured(box, { collector: { ...settings, name: 'another.example' } })
  t.deepEqual((await box.box.parts.alarms.try()).collector, {
    error: 'ERR_TLS_CERT_ALTNAME_INVALID',
  })
  // The old one was told that it is replaced, and nothing since.
  t.true(await taking.seen(/monitoring\.configured/))
  t.false(taking.lines().some((line) => /\btrial\b/.test(line)))
})

function closed(server: SMTPServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve()
    })
  })
}

/** A relay that keeps what it took. */
async function relay(
  t: ExecutionContext,
  { folder }: Authority,
): Promise<{ readonly port: number; readonly taken: { secure: boolean; text: string }[] }> {
  const taken: { secure: boolean; text: string }[] = []
  const read = (name: string): Buffer => readFileSync(join(folder, name))
  const server = new SMTPServer({
    ...{ key: read('server.key'), cert: read('server.pem'), authOptional: true },
    onData(stream, session, done) {
      let text = ''
      stream.setEncoding('utf8').on('data', (part: string) => (text += part))
      stream.on('end', () => {
        taken.push({ secure: session.secure, text })
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => closed(server))
  return { port: (server.server.address() as AddressInfo).port, taken }
}

/** The words of a letter (RFC 2045 6.7). */
const decoded = (text: string): string =>
  Buffer.from(
    text
      .replace(/=\r\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString('utf8')

test('an alarm is mailed over STARTTLS, and kept until the relay takes it', async (t) => {
  const [box, known] = [await boxOf(t), await authority(t)]
  const { port, taken } = await relay(t, known)
  const mail: Omit<NonNullable<Reporting['mail']>, 'port'> = {
    ...{ host: '127.0.0.1', name: 'collector.example', ca: known.ca, language: 'zh' as const },
    security: 'starttls',
    ...{ from: 'box@district.example', to: ['duty@district.example'] },
  }
  const dead = await freePort()
  await configured(box, { mail: { ...mail, port: dead } })
  const report = await box.box.look()
  const bad = { ...report, checks: [check('disk', 'bad')] }
  await box.box.look(bad)
  t.is((await box.box.parts.health()).reporting?.mail?.state, 'failing')
  t.regex(readFileSync(join(box.data, 'alarms.txt'), 'utf8'), /^故障 FAILED .*磁盘.*Disk/)
  const [told] = await toldAlarms(box.data)
  t.like(told, { state: 'bad', zh: { what: '磁盘' } })
  await configured(box, { mail: { ...mail, port } })
  await box.box.look(bad)
  t.is(taken.length, 1)
  t.true(taken[0]?.secure)
  t.regex(decoded(taken[0]?.text ?? ''), /\[新告警\] 磁盘: v/)
  await box.box.look(bad)
  t.is(taken.length, 1)
  const worse = { ...report, checks: [check('disk', 'bad'), check('memory', 'bad')] }
  await Promise.all([box.box.look(worse), box.box.look(worse)])
  t.is(taken.length, 2, 'two looks at once tell it once')
})

test('a relay that offers no encryption gets no letter where encryption is asked for', async (t) => {
  const [box, known] = [await boxOf(t), await authority(t)]
  const server = new SMTPServer({ disabledCommands: ['STARTTLS', 'AUTH'], onData: () => t.fail() })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => closed(server))
  const { port } = server.server.address() as AddressInfo
  await configured(box, {
    mail: {
      ...{ host: '127.0.0.1', port, name: 'collector.example', ca: known.ca },
      ...{ security: 'starttls', from: 'a@b.example', to: ['c@b.example'], language: 'en' },
    },
  })
  t.is(typeof (await box.box.parts.alarms.try()).mail, 'object')
})
