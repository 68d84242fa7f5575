/** How the box is, as its console sees it from outside: by its public files and by what it answers. Decides nothing. */
import { request } from 'node:https'
import { dirname } from 'node:path'
import { diskRoom } from '../disk_room.ts'
import type { BoxState, PublicBox } from '../box/box_state.ts'
import { toldAlarms, type ToldAlarm } from '../health/told_console.ts'
import { version } from '../version.ts'
import type { Place } from './place.ts'
import { readSetUp, type SetUp } from './set_up.ts'
import { addresses } from './steps/network.ts'

export interface ConsoleFacts {
  readonly version: string
  readonly language: SetUp['language']
  readonly addresses: readonly string[]
  readonly port: number
  /** What the TLS port answers. */
  readonly service: 'serving' | 'waiting' | 'silent'
  /** The set-up is finished, though no service may have told of its box yet. */
  readonly isSetUp: boolean
  /** Undefined before the box is made. */
  readonly box:
    | {
        readonly facts: PublicBox
        /** Waits for its passphrase. */
        readonly locked: boolean
        /** Came from a backup and waits for two officers. */
        readonly restored: boolean
        /** Of a trial box: the first officer's code while it is good and was not used. */
        readonly firstCode: string | undefined
      }
    | undefined
  readonly now: Date
  /** What stands out, by the box's own looks. */
  readonly alarms: readonly ToldAlarm[]
  /** Of the disk that holds the data: whole percents that are free. */
  readonly freePercent: number | undefined
}

export async function readFacts(place: Place): Promise<ConsoleFacts> {
  const setUp = readSetUp(place.setUp)
  const now = place.clock.now()
  const state = await place.state()
  return {
    ...{ version, addresses: addresses(), port: place.port, now },
    language: setUp.language,
    isSetUp: setUp.finishedAt !== undefined,
    service: await askService(place.port),
    box: state?.box ? boxOf(state, state.box, { setUp, now }) : undefined,
    alarms: await toldAlarms(place.data),
    freePercent: await freeAt(place.setUp),
  }
}

function boxOf(
  { phase, restored, awaitsFirstOfficer }: BoxState,
  facts: PublicBox,
  { setUp: { firstCode }, now }: { readonly setUp: SetUp; readonly now: Date },
): NonNullable<ConsoleFacts['box']> {
  const isGood = firstCode !== undefined && Date.parse(firstCode.expires) > now.getTime()
  return {
    facts,
    locked: phase === 'locked',
    restored,
    firstCode: isGood && awaitsFirstOfficer ? firstCode.code : undefined,
  }
}

const patienceMs = 3000

/** Our own port: its certificate is not asked for, nothing is told to it. */
function askService(port: number): Promise<ConsoleFacts['service']> {
  return new Promise((resolve) => {
    const asked = request(
      {
        ...{ host: '127.0.0.1', port, path: '/', method: 'HEAD', rejectUnauthorized: false },
        ...{ timeout: patienceMs, agent: false },
      },
      (response) => {
        response.resume()
        resolve(response.headers['sealbox-state'] === undefined ? 'serving' : 'waiting')
      },
    )
    asked.on('timeout', () => asked.destroy())
    asked.on('error', () => {
      resolve('silent')
    })
    asked.end()
  })
}

async function freeAt(file: string): Promise<number | undefined> {
  const disk = await diskRoom(dirname(dirname(file))).catch(() => undefined)
  return disk === undefined ? undefined : Math.floor((100 * disk.free) / disk.total)
}
