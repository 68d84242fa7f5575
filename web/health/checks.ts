/** What an administrator has to look after, judged from the box's health: a state, a value, and what to do. Pure. */
import { worstFirst } from '../pages/check_table.ts'
import { bytesWords } from '../pages/elements.ts'
import { evidenceCheck } from '../pages/evidence_check.ts'
import type { View } from '../view.ts'
import type { HealthCheck, Judge, Words } from './check.ts'
import { backupCheck, queuesCheck, scrubCheck, virusCheck, volumeCheck } from './kept.ts'
import { presenceCheck, reportingChecks, silentCheck } from './told.ts'
import type { BoxCertificateName, DataFolderName, Health } from './types.ts'

const dayMs = 86_400_000
const gigabyte = 1024 ** 3
/** A term of notice in which an administrator orders a disk, or arranges a ceremony. */
const noticeDays = 60
/** Room for a week of a district's documents; below the smaller nothing more is safe. */
const littleDisk = 5 * gigabyte
const noDisk = gigabyte
/** The box is made for a machine of a few gigabytes; with less left the system begins to swap. */
const littleMemory = 200 * 1024 ** 2
/** The process of a whole district stays far below. */
const muchResident = 1.5 * gigabyte
/** Entries that a busy minute brings. */
const muchLag = 1000

/** All that is looked after, what needs a hand first. */
export function checksOf(view: Words, health: Health): HealthCheck[] {
  const judged = [...judges.map((judge) => judge(view, health)), ...certificateChecks(view, health)]
  const found = judged.filter((check) => check !== undefined)
  return worstFirst([...found, ...reportingChecks(view, health)])
}

const restart: readonly [string, string] = [
  '请重新启动本机；已办事项不会丢失。若仍如此，检查磁盘。',
  'Restart the box; what was answered is kept. If it stays so, check the disk.',
]

const journalCheck: Judge = ({ w }, { journal }) => {
  const size = w(`${String(journal.size)} 条`, `${String(journal.size)} entries`)
  const what = w('日志', 'Journal')
  if (journal.state === 'running') {
    return {
      ...{ code: 'journal', state: 'ok', what, advice: '' },
      value: w(`正常，${size}`, `running, ${size}`),
    }
  }
  const value =
    journal.state === 'read-only'
      ? w(`只读，${size}`, `read-only, ${size}`)
      : w('已停止', 'stopped')
  return { code: 'journal', state: 'bad', what, value, advice: w(...restart) }
}

const blobsCheck: Judge = ({ w }, { blobs }) => {
  const isRunning = blobs.state === 'running'
  return {
    code: 'files',
    state: isRunning ? 'ok' : 'bad',
    what: w('文件库', 'Files'),
    value: isRunning ? w('正常', 'running') : w('已停止写入', 'stopped'),
    advice: isRunning ? '' : w(...restart),
  }
}

const diskCheck: Judge = ({ w }, { disk }) => {
  const share = disk.total === 0 ? 0 : Math.round((disk.free / disk.total) * 100)
  const state = disk.free < noDisk ? 'bad' : disk.free < littleDisk || share < 10 ? 'warn' : 'ok'
  const free = `${bytesWords(disk.free)} / ${bytesWords(disk.total)}`
  return {
    code: 'disk',
    state,
    what: w('磁盘剩余', 'Disk left'),
    value: w(`${free}（${String(share)}%）`, `${free} (${String(share)}%)`),
    advice:
      state === 'ok'
        ? ''
        : w(
            '请扩大数据盘，或把别的文件移走；写满后不能再办理。',
            'Enlarge the disk of data or move other files away; once it is full nothing can be done.',
          ),
  }
}

const searchCheck: Judge = ({ w }, { journal, search }) => {
  const lag = Math.max(0, journal.size - 1 - search.appliedThrough)
  const what = w('检索索引', 'Search index')
  if (search.state === 'stopped') {
    return {
      code: 'search',
      state: 'bad',
      what,
      value: w(`已停止，落后 ${String(lag)} 条`, `stopped, ${String(lag)} entries behind`),
      advice: w(
        '公文不受影响，但查不到新的。请重新启动；若仍如此，停机后运行 sealbox rebuild。',
        'Documents are safe, but new ones are not found. Restart the box; if it stays so, stop it and run sealbox rebuild.',
      ),
    }
  }
  const isBehind = lag > muchLag
  return {
    code: 'search',
    state: isBehind ? 'warn' : 'ok',
    what,
    value:
      lag === 0
        ? w('与日志同步', 'up to date')
        : w(`落后 ${String(lag)} 条`, `${String(lag)} entries behind`),
    advice: isBehind ? w('正在追赶，稍后再看。', 'It is catching up; look again in a while.') : '',
  }
}

const memoryCheck: Judge = ({ w }, { memory }) => {
  const isTight = memory.free < littleMemory || memory.resident > muchResident
  return {
    code: 'memory',
    state: isTight ? 'warn' : 'ok',
    what: w('内存', 'Memory'),
    value: w(
      `本程序 ${bytesWords(memory.resident)}，本机空闲 ${bytesWords(memory.free)}`,
      `${bytesWords(memory.resident)} used, ${bytesWords(memory.free)} of the machine free`,
    ),
    advice: isTight
      ? w(
          '请停掉本机上的其他程序，或加内存。',
          'Stop other programs on the machine, or add memory.',
        )
      : '',
  }
}

const clockCheck: Judge = (view, { timeSource, isTimeHeld, journal }) => {
  const { w, now } = view
  const sources = {
    chrony: w('chrony 校时，误差 1 秒以内', 'chrony, within a second'),
    'officer-confirmed': w(
      '安全员每周核对，误差 1 分钟以内',
      'compared weekly by an officer, within a minute',
    ),
    host: w('取自操作系统', 'the machine’s own'),
  }
  const isBehind =
    journal.lastEntryAt !== undefined && journal.lastEntryAt.getTime() > now.getTime()
  return {
    code: 'clock',
    state: isBehind || isTimeHeld ? 'bad' : 'ok',
    what: w('时间', 'Time'),
    value: `${view.exact(now)}${w('，', ', ')}${sources[timeSource]}`,
    advice: isTimeHeld
      ? w(
          '时间未确认，时间戳已停：请校正机器的时钟，再由两名安全员对表确认。',
          'The time is not confirmed and nothing is stamped: set the machine’s clock right, then two officers confirm it.',
        )
      : isBehind
        ? w(
            '时钟早于最近一条日志：被拨慢了，请校正。',
            'The clock is before the newest entry: it was set back. Correct it.',
          )
        : '',
  }
}

const listsCheck: Judge = (view, { revocationListsUntil }) => {
  const { w, now } = view
  const left = revocationListsUntil.getTime() - now.getTime()
  const isLate = left < dayMs
  return {
    code: 'crl',
    state: left < 0 ? 'bad' : isLate ? 'warn' : 'ok',
    what: w('吊销列表', 'Revocation lists'),
    value: w(
      `有效至 ${view.time(revocationListsUntil)}`,
      `good until ${view.time(revocationListsUntil)}`,
    ),
    advice: isLate
      ? w(
          '本应自动更新：请看日志文件，重新启动本机。',
          'They should have been renewed by themselves: see the log file, restart the box.',
        )
      : '',
  }
}

const certificateNames: Readonly<Record<BoxCertificateName, readonly [string, string]>> = {
  root: ['根证书', 'Root certificate'],
  issuing: ['签发机构证书', 'Certificate of the issuing authority'],
  tls: ['网页服务证书', 'Certificate of the web service'],
  timestamping: ['时间戳证书', 'Time-stamping certificate'],
  ocsp: ['状态查询证书', 'Certificate of status answers'],
  journal: ['日志证书', 'Journal certificate'],
}

function certificateChecks(view: Words, { certificates }: Health): HealthCheck[] {
  const { w, now } = view
  return certificates.map(({ name, notAfter, signsUntil }) => {
    const end = signsUntil ?? notAfter
    const days = Math.floor((end.getTime() - now.getTime()) / dayMs)
    const state = days < 0 ? 'bad' : days < noticeDays ? 'warn' : 'ok'
    const until =
      signsUntil === undefined
        ? w(`至 ${view.day(notAfter)}`, `until ${view.day(notAfter)}`)
        : w(
            `密钥用至 ${view.day(signsUntil)}，证书至 ${view.day(notAfter)}`,
            `key until ${view.day(signsUntil)}, certificate until ${view.day(notAfter)}`,
          )
    return {
      code: `certificate-${name}`,
      state,
      what: w(...certificateNames[name]),
      value:
        state === 'ok'
          ? until
          : w(`${until}，剩 ${String(days)} 天`, `${until}, ${String(days)} days left`),
      advice:
        state === 'ok'
          ? ''
          : w('请与安全员安排更换。', 'Arrange its replacement with the security officers.'),
    }
  })
}

const evidenceJudge: Judge = (view, { evidence }) =>
  evidence && { ...evidenceCheck(view, evidence), code: 'evidence' }

const judges: readonly Judge[] = [
  ...[journalCheck, blobsCheck, diskCheck, searchCheck, memoryCheck, clockCheck, listsCheck],
  ...[evidenceJudge, backupCheck, virusCheck, scrubCheck, volumeCheck, queuesCheck, presenceCheck],
  silentCheck,
]

const folderNames: Readonly<Record<DataFolderName, readonly [string, string]>> = {
  journal: ['日志', 'Journal'],
  blobs: ['文件库', 'Files'],
  views: ['登记簿（可重建）', 'Views (can be rebuilt)'],
  search: ['检索索引（可重建）', 'Search index (can be rebuilt)'],
  scratch: ['草稿等临时数据', 'Drafts being typed, and the like'],
}

export function folderWords({ w }: Pick<View, 'w'>, name: DataFolderName): string {
  return w(...folderNames[name])
}
