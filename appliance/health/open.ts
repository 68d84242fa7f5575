/** Puts together all that looks after a running box: how it is, who was heard of, the nightly scrub, the line to ask on. */
import { diskRoom } from '../disk_room.ts'
import type { Clock, Journal } from '../../ca/index.ts'
import type {
  Archive,
  Attest,
  Directory,
  Indexer,
  Intake,
  OrderDesk,
  SearchIndex,
} from '../../exchange/index.ts'
import { listRequests } from '../../provisioning/index.ts'
import {
  healthReport,
  type BoxFacts,
  type HealthReport,
  type Log,
  type Parts,
  type Reporting,
  type ScrubState,
  type VirusDesk,
} from '../../web/index.ts'
import type { DataFolder } from '../box/data_folder.ts'
import type { Trust } from '../box/trust.ts'
import { everyInTurn, keepScrubbed } from '../box/upkeep.ts'
import { virusHealth } from '../virus/desk.ts'
import { openMachine, type AskMachine } from '../machine/ask.ts'
import { openAlarms } from './alarm_desk.ts'
import type { HealthSources } from './ask.ts'
import { answerHealth } from './line.ts'
import { createHealth } from './read.ts'
import { scrub } from './scrub.ts'
import { readScrub, readScrubTries } from './scrub_state.ts'
import { openState } from './stated.ts'
import { createWatchedUnits } from './units.ts'
import { openWatch } from './watch.ts'

const minuteMs = 60_000

export interface HealthParts {
  /** The folder of data. */
  readonly directory: string
  readonly data: DataFolder
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
  readonly trust: Trust
  readonly box: BoxFacts
  readonly indexer: Indexer
  readonly search: SearchIndex
  readonly units: Directory
  readonly archive: Archive
  readonly orders: OrderDesk
  readonly virus: VirusDesk
  readonly intake: Pick<Intake, 'waiting'>
  /** Signs what the box says of itself. */
  readonly attest: Attest
  /** What further parts of the box say of themselves. */
  readonly sources: HealthSources
  /** Ends what is kept up. */
  readonly signal: AbortSignal
}

export interface OpenedHealth {
  readonly parts: Pick<Parts, 'health' | 'watch' | 'alarms' | 'stated'>
  scrub(options: { readonly share: number; readonly signal: AbortSignal }): Promise<ScrubState>
  /** States the day, if it was not stated yet. */
  state(): Promise<boolean>
  /** Looks now, at a report or at how the box is: raises alarms and tells who is to be told. Gives what it looked at. */
  look(report?: HealthReport): Promise<HealthReport>
  /** Before the stores are closed. */
  close(): Promise<void>
}

export async function openHealth(parts: HealthParts): Promise<OpenedHealth> {
  const { directory, data, journal, clock, log, trust, box, signal } = parts
  const { scratch } = data
  const alarms = await openAlarms({
    ...{ directory, journal, scratch, clock, box, log, signal, blobs: data.blobs },
    host: new URL(box.url).hostname,
    allow: allowing(openMachine()),
  })
  const opened = await openWatch({
    ...{ directory, scratch, clock, journal, zone: box.zone },
    units: createWatchedUnits({ directory: parts.units, authority: trust.authority, clock }),
    silentAfterHours: async () => (await alarms.reporting()).silentAfterHours,
    now: async () => {
      const now = await health()
      return { health: now, report: reportOf(now) }
    },
  })
  const health = createHealth({
    ...{ directory, journal, clock, search: parts.search, indexing: parts.indexer },
    blobs: data.blobs,
    authority: trust.authority,
    certificates: trust.certificates,
    sources: {
      ...ownSources(parts),
      presence: () => opened.state(),
      reporting: () => alarms.state(),
      ...parts.sources,
    },
  })
  const reportOf = (now: Awaited<ReturnType<typeof health>>): HealthReport =>
    healthReport(now, { box, at: clock.now(), running: true })
  const report = async (): Promise<HealthReport> => ({
    ...reportOf(await health()),
    alarms: await alarms.open(),
  })
  const look = async (given?: HealthReport): Promise<HealthReport> => {
    const now = given ?? (await report())
    await alarms.look(now)
    return now
  }
  const stated = openState({
    ...{ journal, clock, box, blobs: data.blobs, attest: parts.attest },
    certificates: trust.certificates,
    now: async () => {
      const now = await health()
      return { health: now, report: { ...reportOf(now), alarms: await alarms.open() } }
    },
  })
  const scrubbing = {
    directory,
    data,
    entries: (to: number) => journal.read(0, to),
    now: clockOf(clock),
    free: async () => (await diskRoom(directory)).free,
  }
  keepScrubbed(scrubbing, { scratch, zone: box.zone, signal, log })
  const line = await answerHealth({ directory, report, log })
  const upkeep = [
    { work: () => opened.tick(), failed: 'the history of presence could not be kept' },
    { work: look, failed: 'the health of the box could not be read' },
    {
      work: () => stated.stateIfDue(),
      failed: 'the state of the day could not be stated; trying again',
    },
  ]
  for (const one of upkeep) everyInTurn(minuteMs, { signal, log }, one)
  return {
    parts: { health, watch: opened.watch, alarms: alarms.desk, stated: stated.desk },
    state: () => stated.state(),
    look,
    scrub: (by) => scrub(scrubbing, by),
    close: async () => {
      await line.close()
      await opened.end()
    },
  }
}

/** In the image: root lets the packet filter through to whom the administrator named. */
function allowing(
  ask: AskMachine | undefined,
): ((reporting: Reporting) => Promise<void>) | undefined {
  if (ask === undefined) return undefined
  const peer = (to: Reporting['collector'] | Reporting['mail']) =>
    to === null ? null : { address: to.host, protocol: 'tcp' as const, port: to.port }
  return async ({ collector, mail }) => {
    await ask('allow-reporting', { collector: peer(collector), relay: peer(mail) })
  }
}

const clockOf = (clock: Clock) => (): Date => clock.now()

/** Of parts that every box has. */
function ownSources(parts: HealthParts): HealthSources {
  const { data, journal, clock, archive, orders, units, virus, intake } = parts
  return {
    evidence: () => archive.state(),
    virus: () => virusHealth(virus),
    scrub: () => readScrub(data.scratch),
    scrubTries: () => readScrubTries(data.scratch),
    // Loaded when it is first asked for: outside the image there is none.
    volume: async () => (await import('../disk/index.ts')).readOpened(),
    queues: async () => ({
      uploads: (await intake.waiting()).files,
      requests: (await listRequests({ journal, directory: units, clock })).filter(
        ({ state }) => state === 'waiting',
      ).length,
      // Of everybody's: nobody has no name.
      orders: await orders.waitingFor(''),
    }),
  }
}
