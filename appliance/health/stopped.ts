/**
 * How a box that does not run is: its folder read as it lies, its whole journal re-read, every view's checksum checked. Changes nothing
 * and needs no key, so that it can be asked of a production box by whoever may read the folder.
 */
import { statSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  CaError,
  caKeys,
  createViews,
  currentService,
  issuerId,
  readPublishedCrl,
  verifyJournal,
  type JournalReport,
  type Services,
  type Views,
} from '../../ca/index.ts'
import { diskRoom } from '../disk_room.ts'
import { createSearchIndex } from '../../exchange/index.ts'
import { healthReport, worstOf, type HealthReport, type ReportedCheck } from '../../web/index.ts'
import {
  openDataFolder,
  pathsOf,
  readBoxFile,
  type BoxFile,
  type DataFolder,
} from '../box/data_folder.ts'
import { backupState } from '../backup/state.ts'
import { servicesOf } from '../box/trust.ts'
import { version } from '../version.ts'
import { certificateEnds, foldersOf, memoryNow } from './read.ts'
import { readScrub, readScrubTries } from './scrub_state.ts'

/** Throws what `readBoxFile` and `openDataFolder` throw; a box that runs is `DATA_FOLDER_BUSY`. */
export async function stoppedHealth(directory: string): Promise<HealthReport> {
  const file = readBoxFile(directory)
  const data = await openDataFolder(directory)
  try {
    return await readStopped(directory, file, data)
  } finally {
    await data.journalFiles.close()
    await data.close()
  }
}

async function readStopped(
  directory: string,
  file: BoxFile,
  data: DataFolder,
): Promise<HealthReport> {
  const at = new Date()
  const views = createViews(data.views)
  const services = await servicesOf({ views }, file)
  const journal = await verifyJournal({ files: data.journalFiles })
  const damaged = await damagedViews(views)
  const [disk, folders, search, revocationListsUntil, scrub, scrubTries] = await Promise.all([
    diskRoom(directory),
    foldersOf(directory),
    createSearchIndex({ store: data.search }),
    listsUntil(views, services),
    readScrub(data.scratch),
    readScrubTries(data.scratch),
  ])
  const { appliedThrough } = search
  await search.close()
  const report = healthReport(
    {
      startedAt: at,
      journal: {
        state: journal.ok ? 'running' : 'stopped',
        size: journal.entries,
        lastEntryAt: undefined,
      },
      blobs: { state: data.blobs.state },
      search: { appliedThrough, state: 'running' },
      ...{ disk, folders, memory: memoryNow(), revocationListsUntil, scrub, scrubTries },
      backup: await backupState(views, file.mode),
      certificates: certificateEnds(
        Object.fromEntries(
          Object.values(services).flatMap((list) =>
            list.slice(-1).map(({ role, certificate }) => [role, certificate]),
          ),
        ),
      ),
      timeSource: 'host',
      isTimeHeld: false,
    },
    { box: { ...file, version }, at, running: false },
  )
  const own = [journalCheck(journal), viewsCheck(damaged), keysCheck(openKeys(directory))]
  // What is not so of a box that stands still: its memory is ours, its clock is set when it starts, a list is renewed then.
  const left = report.checks.filter(({ code }) => !['journal', 'memory', 'clock'].includes(code))
  const checks = [...own, ...left]
  return { ...report, checks, state: worstOf(checks) }
}

/** The earliest end of the lists of the authorities that serve now. */
async function listsUntil(views: Views, services: Services): Promise<Date> {
  const ends: number[] = []
  for (const role of ['root', 'issuing'] as const) {
    const { certificate } = currentService(services, role)
    const id = issuerId(certificate)
    const own = (await views.get(caKeys.crl(id)))?.value as { nextUpdate: string } | undefined
    const published = await readPublishedCrl(views, id)
    const until = published?.nextUpdate ?? (own && new Date(own.nextUpdate))
    if (until) ends.push(until.getTime())
  }
  return new Date(Math.min(...ends))
}

/** The first damaged view, in words; behind it a reader cannot go on. */
async function damagedViews(views: Views): Promise<string | undefined> {
  try {
    const records = views.scan('')[Symbol.asyncIterator]()
    while ((await records.next()).done !== true);
    return undefined
  } catch (error) {
    if (error instanceof CaError && error.code === 'VIEW_DAMAGED') return error.message
    throw error
  }
}

/** Key files that others than their owner may read. */
function openKeys(directory: string): string[] {
  const { keys } = pathsOf(directory)
  return readdirSync(keys).filter((name) => (statSync(join(keys, name)).mode & 0o077) !== 0)
}

function journalCheck({ ok, entries, findings }: JournalReport): ReportedCheck {
  const [first] = findings.filter(({ severity }) => severity === 'error')
  const count = String(entries)
  return line('journal', ok, {
    zh: [
      '日志',
      ok ? `${count} 条，全部读过，完好` : `读到 ${count} 条后损坏：${first?.message ?? ''}`,
    ],
    en: [
      'Journal',
      ok
        ? `${count} entries, all read, intact`
        : `damaged after ${count} entries: ${first?.message ?? ''}`,
    ],
    advice: [
      '不要删除任何东西；换磁盘后从最近的备份恢复（sealbox restore）。',
      'Delete nothing; restore the last backup to a new disk (sealbox restore).',
    ],
  })
}

function viewsCheck(damage: string | undefined): ReportedCheck {
  return line('views', damage === undefined, {
    zh: ['登记簿', damage === undefined ? '完好' : `损坏：${damage}`],
    en: ['Views', damage === undefined ? 'intact' : `damaged: ${damage}`],
    advice: [
      '没有丢失任何东西：运行 sealbox rebuild，并检查磁盘。',
      'Nothing is lost: run sealbox rebuild, and check the disk.',
    ],
  })
}

function keysCheck(open: readonly string[]): ReportedCheck {
  const names = open.join(', ')
  return line('keys', open.length === 0, {
    zh: ['密钥文件', open.length === 0 ? '只有本人可读' : `别人也能读：${names}`],
    en: [
      'Key files',
      open.length === 0 ? 'readable by their owner alone' : `others can read ${names}`,
    ],
    advice: [
      '运行 chmod 600 收回权限，并与安全员商量是否更换这些密钥。',
      'Take it back with chmod 600, and ask the security officers whether these keys must be replaced.',
    ],
  })
}

function line(
  code: ReportedCheck['code'],
  isWell: boolean,
  words: {
    readonly zh: readonly [what: string, value: string]
    readonly en: readonly [what: string, value: string]
    readonly advice: readonly [zh: string, en: string]
  },
): ReportedCheck {
  const { zh, en, advice } = words
  return {
    code,
    state: isWell ? 'ok' : 'bad',
    zh: { what: zh[0], value: zh[1], advice: isWell ? '' : advice[0] },
    en: { what: en[0], value: en[1], advice: isWell ? '' : advice[1] },
  }
}
