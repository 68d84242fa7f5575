/** How the box is, as its console sees it from outside: by its public files and by what it answers. Decides nothing. */
import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { request } from 'node:https'
import { dirname } from 'node:path'
import { fromBase64, sha256Hex } from '../../ca/index.ts'
import { isEmptyFolder, readBoxFile } from '../data_folder.ts'
import { version } from '../version.ts'
import type { Place } from './place.ts'
import { readSetUp, type SetUp } from './set_up.ts'
import { addresses } from './steps/network.ts'
import { isPassphraseLeft } from './unlock.ts'

export interface ConsoleFacts {
  readonly version: string
  readonly language: SetUp['language']
  readonly addresses: readonly string[]
  readonly port: number
  /** What the TLS port answers. */
  readonly service: 'serving' | 'waiting' | 'silent'
  /** Undefined before the box is made. */
  readonly box:
    | {
        readonly districtName: string
        readonly mode: 'trial' | 'production'
        readonly host: string
        readonly zone: string
        /** SHA-256 of the first root, hexadecimal. */
        readonly root: string
        /** Waits for its passphrase. */
        readonly locked: boolean
        /** Of a trial box: the first officer's code while it is good. */
        readonly firstCode: string | undefined
      }
    | undefined
  readonly now: Date
  /** Of the disk that holds the data: whole percents that are free. */
  readonly freePercent: number | undefined
}

export async function readFacts(place: Place): Promise<ConsoleFacts> {
  const setUp = readSetUp(place.setUp)
  const now = place.clock.now()
  return {
    ...{ version, addresses: addresses(), port: place.port, now },
    language: setUp.language,
    service: await askService(place.port),
    box: boxOf(place, setUp, now),
    freePercent: await freeAt(place.data),
  }
}

/** Whether the ceremony, or a restored backup, made the box. */
export function isBoxMade({ data }: Pick<Place, 'data'>): boolean {
  return !isEmptyFolder(data)
}

function boxOf(place: Place, { firstCode }: SetUp, now: Date): ConsoleFacts['box'] {
  if (!isBoxMade(place)) return undefined
  const { districtName, mode, hostNames, zone, certificates } = readBoxFile(place.data)
  const isGood = firstCode !== undefined && Date.parse(firstCode.expires) > now.getTime()
  return {
    ...{ districtName, mode, zone },
    host: hostNames[0] ?? '',
    root: sha256Hex(fromBase64(certificates['root'] ?? '')),
    locked: mode === 'production' && place.unlock.length > 0 && !isPassphraseLeft(place.unlock),
    firstCode: isGood ? firstCode.code : undefined,
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

async function freeAt(folder: string): Promise<number | undefined> {
  const there = existsSync(folder) ? folder : dirname(folder)
  const disk = await statfs(there).catch(() => undefined)
  return disk === undefined ? undefined : Math.floor((100 * disk.bavail) / disk.blocks)
}
