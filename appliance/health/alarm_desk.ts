/** Looks each minute whether something is not as it should be; raises alarms and ends them, tells who is to be told, keeps what was. */
import { join } from 'node:path'
import { canonicalJson, writeWhole, type Blobs, type Clock, type Journal } from '../../ca/index.ts'
import type {
  Alarm,
  AlarmDesk,
  BoxFacts,
  HealthReport,
  Log,
  Reporting,
  ReportingState,
} from '../../web/index.ts'
import {
  alarmLines,
  alarmStateSchema,
  nextAlarms,
  noAlarms,
  type AlarmNews,
  type AlarmState,
} from './alarms.ts'
import { letterOf, trialLetter } from './mail.ts'
import { createMailer } from './mailer.ts'
import { readReporting } from './reporting_fold.ts'
import type { ScratchStore } from './scrub_state.ts'
import { tellConsole } from './told_console.ts'
import { alarmMessage } from './syslog/entries.ts'
import { createSender } from './syslog/sender.ts'

const alarmsKey = 'health/alarms'
const alarmsFile = 'alarms.txt'
/** Of what could not be mailed; the oldest go first. */
const maxUntold = 100

export interface AlarmParts {
  readonly directory: string
  readonly journal: Journal
  readonly blobs: Blobs
  readonly scratch: ScratchStore
  readonly clock: Pick<Clock, 'now'>
  readonly box: BoxFacts
  /** What the box calls itself to others. */
  readonly host: string
  readonly log: Log
  readonly signal: AbortSignal
  /** In the image: has the packet filter let the box call these. */
  readonly allow: ((reporting: Reporting) => Promise<void>) | undefined
}

export interface OpenedAlarms {
  readonly desk: AlarmDesk
  /** Looks at a report; to be called each minute. */
  look(report: HealthReport): Promise<void>
  open(): Promise<readonly Alarm[]>
  reporting(): Promise<Reporting>
  state(): Promise<ReportingState | undefined>
}

export async function openAlarms(parts: AlarmParts): Promise<OpenedAlarms> {
  const { directory, journal, blobs, scratch, clock, box, host, log, signal } = parts
  const sender = createSender({
    ...{ journal, scratch, host, log, signal, checkpoint: box.checkpoint },
    now: () => clock.now(),
  })
  let reporting = await readReporting(journal.views, blobs)
  sender.use(reporting.collector)
  const mailer = createMailer({ host, log, now: () => clock.now() })
  mailer.use(reporting.mail)
  parts.allow?.(reporting).catch((error: unknown) => {
    log.error({ err: String(error) }, 'the packet filter may not let through to whom is told')
  })
  const file = join(directory, alarmsFile)
  // The console's file is in memory, and gone after a start of the machine.
  let isTold = false

  const mailUntold = async (state: AlarmState): Promise<AlarmState> => {
    const { language } = reporting.mail ?? {}
    if (language === undefined) return { ...state, untold: [] }
    if (state.untold.length === 0) return state
    const { districtName: district, url } = box
    const tried = await mailer.send(letterOf(state.untold, { language, district, url }))
    return tried === 'sent' ? { ...state, untold: [] } : state
  }

  const look = async (report: HealthReport): Promise<void> => {
    const before = await readAlarms(scratch)
    const { state, news } = nextAlarms(before, report.checks, clock.now())
    for (const one of news) {
      tellLog(log, one)
      sender.send(alarmMessage(one))
    }
    const untold = [...before.untold, ...news].slice(-maxUntold)
    await keep(scratch, before, { ...state, untold })
    if (news.length > 0 || !isTold) await tellConsole(state.open, directory)
    isTold = true
    if (news.length > 0) await writeWhole(file, `${alarmLines(state.open).join('\n')}\n`, 0o644)
    // Crash here: what was mailed is mailed again.
    await keep(scratch, { ...state, untold }, await mailUntold({ ...state, untold }))
  }
  let lastLook: Promise<void> = Promise.resolve()

  return {
    open: async () => (await readAlarms(scratch)).open,
    reporting: () => Promise.resolve(reporting),
    state: () => Promise.resolve({ collector: sender.state(), mail: mailer.state() }),
    look(report) {
      // Two at once would both raise the same, and the later one write over what the other found.
      const mine = lastLook.then(() => look(report))
      lastLook = mine.catch(() => undefined)
      return mine
    },
    desk: {
      addressesOnly: parts.allow !== undefined,
      async read() {
        const { open, past } = await readAlarms(scratch)
        const isBad = ({ state }: Alarm): number => (state === 'bad' ? 0 : 1)
        return { open: open.toSorted((a, b) => isBad(a) - isBad(b)), past }
      },
      reporting: () => Promise.resolve(reporting),
      async configure(actor, next) {
        const settings = await blobs.put(canonicalJson(next))
        const entry = { type: 'monitoring.configured', actor, subject: 'box', files: [settings] }
        await journal.commit({ entries: [{ ...entry, data: { settings } }] })
        // The one before learns that it is replaced, and by whom.
        await sender.caughtUp()
        reporting = next
        sender.use(next.collector)
        mailer.use(next.mail)
        // Rejects here: it stands all the same, and the filter is asked again at the next start.
        await parts.allow?.(next)
      },
      async try() {
        const { language = 'en' } = reporting.mail ?? {}
        const at = clock.now()
        const [collector, mailed] = await Promise.all([
          sender.try({
            ...{ facility: 'daemon', severity: 'informational', at, kind: 'trial', data: {} },
            text: 'a word of trial',
          }),
          mailer.send(trialLetter({ language, district: box.districtName })),
        ])
        return { collector, mail: mailed }
      },
    },
  }
}

/** What is kept, or nothing where it cannot be read: what is wrong is found again within a minute or two. */
async function readAlarms(scratch: ScratchStore): Promise<AlarmState> {
  const kept = await scratch.get(alarmsKey)
  if (kept === undefined) return noAlarms
  try {
    return alarmStateSchema.parse(JSON.parse(kept))
  } catch {
    return noAlarms
  }
}

/** Writes only what changed: most minutes nothing does. */
async function keep(scratch: ScratchStore, before: AlarmState, after: AlarmState): Promise<void> {
  const text = JSON.stringify(after)
  if (text !== JSON.stringify(before)) await scratch.put(alarmsKey, text)
}

function tellLog(log: Log, { kind, alarm }: AlarmNews): void {
  const fields = { alarm: alarm.code, state: alarm.state, kind }
  if (kind === 'ended') log.info(fields, `over: ${alarm.en.what}`)
  else log.error(fields, `${alarm.en.what}: ${alarm.en.value}`)
}
