/** A collector that stops taking, or whose line breaks: it is told everything, if some of it twice. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createServer, type TLSSocket } from 'node:tls'
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { freePort } from '../../../appliance/demo/box_process.ts'
import { openAlarms } from '../../../appliance/health/alarm_desk.ts'
import {
  beginOfLine,
  doubtMs,
  readMarks,
  withMark,
  type SentMark,
} from '../../../appliance/health/syslog/sent.ts'
import { boxActor } from '../../../ca/index.ts'
import { noReporting, type ReportedCheck, type Reporting } from '../../../web/index.ts'
import { serveNewBox } from '../in_process.ts'
import { authority, type Authority } from './authority.ts'

/** A collector of which a test says whether it reads. */
async function collector(
  t: ExecutionContext,
  { folder }: Authority,
  port: number,
  isReading: boolean,
) {
  const read = (name: string): Buffer => readFileSync(join(folder, name))
  const lines = new Set<TLSSocket>()
  const taken = { text: '' }
  const server = createServer({ key: read('server.key'), cert: read('server.pem') }, (line) => {
    lines.add(line)
    line.on('error', () => undefined)
    if (isReading) line.setEncoding('utf8').on('data', (part: string) => (taken.text += part))
    else line.pause()
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  /** As a machine that loses its power: what it had not read is gone. */
  const end = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const line of lines) line.destroy()
    await closed
  }
  t.teardown(() => end().catch(() => undefined))
  const until = async (what: () => boolean): Promise<boolean> => {
    for (let tries = 0; tries < 900 && !what(); tries++) await pause(100)
    return what()
  }
  return { taken, end, until, lines }
}

test('what a collector took from the wire and never read is told to the one that follows it, alarms too', async (t) => {
  const box = await serveNewBox()
  t.teardown(() => box.close())
  const [known, port] = [await authority(t), await freePort()]
  const { journal } = box.box
  const deaf = await collector(t, known, port, false)
  const settings = { host: '127.0.0.1', port, name: 'collector.example', ca: known.ca }
  const { alarms } = box.box.parts
  await alarms.configure(boxActor, { ...noReporting, collector: settings })
  t.true(await deaf.until(() => deaf.lines.size > 0))
  const first = journal.size
  const touch = async (): Promise<void> => {
    const entry = { type: 'unit.touched', actor: boxActor, subject: 'unit:one', data: {} }
    await journal.commit({ entries: [entry] })
  }
  for (let at = 0; at < 20; at++) await touch()
  const report = await box.box.look()
  const words = { what: 'Test', value: 'v', advice: 'a' }
  const bad: ReportedCheck = { code: 'disk', state: 'bad', zh: words, en: words }
  await box.box.look({ ...report, checks: [bad] })
  // More than the second after which it is written down how far it came.
  await pause(1500)
  await touch()
  await pause(500)
  await deaf.end()
  for (let at = 0; at < 5; at++) await touch()
  const last = journal.size
  const hearing = await collector(t, known, port, true)
  const told = (): Set<number> =>
    new Set(Array.from(hearing.taken.text.matchAll(/index="(\d+)"/g), ([, index]) => Number(index)))
  const all = Array.from({ length: last - first }, (_, at) => first + at)
  t.true(await hearing.until(() => told().has(last - 1)))
  t.deepEqual(
    all.filter((index) => !told().has(index)),
    [],
  )
  t.true(await hearing.until(() => hearing.taken.text.includes('alarm.raised')))
})

test('whoever follows another collector is told what comes from then on, and nothing of before', async (t) => {
  const box = await serveNewBox()
  t.teardown(() => box.close())
  const known = await authority(t)
  const one = await freePort()
  const two = await freePort(one)
  const { journal } = box.box
  const { alarms } = box.box.parts
  const use = (port: number): Promise<void> => {
    const settings = { host: '127.0.0.1', port, name: 'collector.example', ca: known.ca }
    return alarms.configure(boxActor, { ...noReporting, collector: settings })
  }
  const touch = async (): Promise<void> => {
    const entry = { type: 'unit.touched', actor: boxActor, subject: 'unit:one', data: {} }
    await journal.commit({ entries: [entry] })
  }
  const first = await collector(t, known, one, true)
  await use(one)
  for (let at = 0; at < 5; at++) await touch()
  t.true(await first.until(() => first.taken.text.includes(`index="${String(journal.size - 1)}"`)))
  // One that is told to nobody yet.
  await first.end()
  const report = await box.box.look()
  const words = { what: 'Test', value: 'v', advice: 'a' }
  await box.box.look({ ...report, checks: [{ code: 'disk', state: 'bad', zh: words, en: words }] })
  const before = journal.size
  const second = await collector(t, known, two, true)
  await use(two)
  await touch()
  t.true(
    await second.until(() => second.taken.text.includes(`index="${String(journal.size - 1)}"`)),
  )
  const told = Array.from(second.taken.text.matchAll(/index="(\d+)"/g), ([, index]) =>
    Number(index),
  )
  t.deepEqual(
    told.filter((index) => index < before),
    [],
  )
  t.false(second.taken.text.includes('alarm.raised'))
})

test('settings that were put on record hold, though the packet filter could not be set; it is asked again at a start', async (t) => {
  const box = await serveNewBox()
  t.teardown(() => box.close())
  const [known, port] = [await authority(t), await freePort()]
  await collector(t, known, port, true)
  const { journal, blobs, clock, box: facts } = box.box.parts
  const kept = new Map<string, string>()
  const asked: Reporting[] = []
  const ending = new AbortController()
  t.teardown(() => {
    ending.abort()
  })
  const open = () =>
    openAlarms({
      ...{ directory: box.data, journal, blobs, clock, box: facts, host: 'localhost' },
      log: { info: () => undefined, error: () => undefined },
      scratch: {
        get: (key) => Promise.resolve(kept.get(key)),
        put: (key, value) => Promise.resolve(void kept.set(key, value)),
      },
      signal: ending.signal,
      allow: (reporting) => {
        asked.push(reporting)
        return Promise.reject(new Error('MACHINE_SILENT'))
      },
    })
  const { desk } = await open()
  t.deepEqual(asked, [noReporting])
  const settings = { host: '127.0.0.1', port, name: 'collector.example', ca: known.ca }
  const reporting: Reporting = { ...noReporting, collector: settings }
  await t.throwsAsync(desk.configure(boxActor, reporting), { message: 'MACHINE_SILENT' })
  t.deepEqual(await desk.reporting(), reporting)
  t.is((await desk.try()).collector, 'sent')
  t.deepEqual(await (await open()).desk.reporting(), reporting)
  t.deepEqual(asked, [noReporting, reporting, reporting])
})

test('marks never pass over what is in doubt, stay few, and go on where they were', (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(400_000), { minLength: 1, maxLength: 200 }), (steps) => {
      let at = 0
      let marks: readonly SentMark[] = []
      const sent: SentMark[] = []
      for (const [next, step] of steps.entries()) {
        at += step
        sent.push({ next, at })
        marks = withMark(marks, { next, at })
        t.true(marks.length <= 33)
      }
      const begin = marks[0]?.next ?? Infinity
      const doubtful = sent.findIndex((mark) => mark.at > at - doubtMs)
      t.true(begin <= (sent[Math.max(0, doubtful - 1)]?.next ?? 0))
      t.deepEqual(readMarks(JSON.stringify(marks), steps.length), marks)
    }),
    { seed: 8, numRuns: 200 },
  )
  t.deepEqual(readMarks('[{"next":5,"at":1}]', 4), [], 'of another journal')
  for (const text of [undefined, '', '17', '[{"next":-1,"at":0}]'])
    t.deepEqual(readMarks(text, 9), [])
})

test('a line that breaks soon after it came back loses nothing of what the one before had in doubt', (t) => {
  let marks: readonly SentMark[] = [{ next: 1600, at: 0 }]
  const tell = (next: number, minutes: number): void => {
    marks = withMark(marks, { next, at: minutes * 60_000 })
  }
  for (let minutes = 1; minutes <= 15; minutes++) tell(1600 + minutes * 100, minutes)
  t.is(marks[0]?.next, 1600)
  // After an outage of an hour one entry is told, then the line breaks again.
  marks = beginOfLine(marks)
  tell(1601, 75)
  t.is(beginOfLine(marks)[0]?.next, 1600)
  // The clock is set back by a day: what was told before does not stay in doubt for as long.
  const day = 24 * 60
  for (let minutes = 0; minutes <= 40; minutes++) tell(1700 + minutes, 75 - day + minutes)
  t.true((marks[0]?.next ?? 0) >= 1720)
})
