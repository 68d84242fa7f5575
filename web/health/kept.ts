/** What keeps the data and what waits: backup, virus scanner, scrub, queues. Pure. */
import type { Judge, Words } from './check.ts'
import type { Health, ScrubFinding, ScrubTries } from './types.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Signatures come by a stick: a week is what an office keeps up, a month is neglect. */
const staleSignatureDays = 8
const oldSignatureDays = 31
/** A scrub runs each night; some may be missed. */
const lateScrubDays = 4
const maxNamed = 3

export const backupCheck: Judge = (view, { backup }) => {
  if (backup === undefined) return undefined
  const { w, now } = view
  const { lastAt, since, everyHours, failed } = backup
  const age = lastAt === undefined ? Infinity : now.getTime() - lastAt.getTime()
  const isLate = age > 2 * everyHours * hourMs
  const isOpen = isLate || failed !== undefined
  const isNew =
    lastAt === undefined && since !== undefined && now.getTime() - since.getTime() < dayMs
  const isMissing = age > 7 * Math.max(everyHours * hourMs, dayMs) && !isNew
  const advice = lastAt === undefined && failed === undefined ? firstAdvice : usualAdvice
  return {
    code: 'backup',
    state: isOpen ? (isMissing ? 'bad' : 'warn') : 'ok',
    what: w('备份', 'Backup'),
    value: [
      lastAt === undefined
        ? w('还没有做过', 'none was made yet')
        : w(`最近一次 ${view.time(lastAt)}`, `the last one ${view.time(lastAt)}`),
      failed === undefined ? '' : w(`上次失败：${failed}`, `the last try failed: ${failed}`),
    ]
      .filter(Boolean)
      .join(w('；', '; ')),
    advice: isOpen ? w(...(keysAdvice[failed ?? ''] ?? advice)) : '',
  }
}

type Both = readonly [string, string]

const usualAdvice: Both = [
  '请检查备份目标（U 盘或挂载的文件夹）是否在、有没有空间，然后再做一次。',
  'See that the target (stick or mounted folder) is there and has room, then back up once more.',
]
const firstAdvice: Both = [
  '请做第一次备份：系统管理员的“备份”页，或命令 sealbox backup（手册第 4 章）。',
  'Make the first one: page “Backups” of the administrator, or sealbox backup (manual, chapter 4).',
]
/** Where the issuing keys of the image would not go into it. */
const keysAdvice: Readonly<Partial<Record<string, Both>>> = {
  CA_KEYS_RECIPIENT_CHANGED: [
    '备份密钥已更换：请两个人到控制台，菜单“备份密钥”，核对以后再做一次（手册第 4 章）。',
    'The backup key was changed: two people compare it at the console, menu, key of the backups, then back up once more (manual, chapter 4).',
  ],
  CA_KEYS_SILENT: [
    '保管签发密钥的进程没有应答：请重新启动本机，输入口令，再做一次。',
    'The process of the issuing key does not answer: restart the box, type its passphrase, and back up once more.',
  ],
  CA_KEY_RECORD_DAMAGED: [
    '签发密钥的签名记录已损坏：按本机受损处理（手册第 6 章）。',
    'The record of the issuing key is damaged: see chapter 6 of the manual.',
  ],
}

export const virusCheck: Judge = (view, { virus }) => {
  if (virus === undefined) return undefined
  const { w, now } = view
  const { scanner, signaturesAt } = virus
  const days =
    signaturesAt === undefined
      ? Infinity
      : Math.floor((now.getTime() - signaturesAt.getTime()) / dayMs)
  const isDown = scanner === 'down'
  const isStale = days > staleSignatureDays
  const age =
    signaturesAt === undefined
      ? w('没有病毒库', 'no signatures')
      : w(
          `病毒库 ${view.day(signaturesAt)}（${String(days)} 天前）`,
          `signatures of ${view.day(signaturesAt)} (${String(days)} days old)`,
        )
  return {
    code: 'virus',
    state: isDown || days > oldSignatureDays ? 'bad' : isStale ? 'warn' : 'ok',
    what: w('病毒检查', 'Virus check'),
    value: isDown ? w(`扫描程序没有应答；${age}`, `the scanner does not answer; ${age}`) : age,
    advice: isDown
      ? w(
          '上传的文件在等待。请重新启动本机；若仍如此，更新病毒库。',
          'Uploads wait. Restart the box; if it stays so, bring new signatures.',
        )
      : isStale
        ? w('请用 U 盘带来新的病毒库。', 'Bring new signatures on a stick.')
        : '',
  }
}

export const scrubCheck: Judge = (view, { scrub, scrubTries }) => {
  if (scrub === undefined && scrubTries === undefined) return undefined
  const { w, now } = view
  const findings = scrub?.findings ?? []
  const since = scrub?.endedAt ?? scrubTries?.since ?? now
  const isLate = now.getTime() - since.getTime() > lateScrubDays * dayMs
  const isDamaged = findings.length > 0
  const failed = scrubTries?.failed
  const isOpen = isLate || failed !== undefined
  return {
    code: 'scrub',
    state: isDamaged || (isLate && failed !== undefined) ? 'bad' : isOpen ? 'warn' : 'ok',
    what: w('数据巡检', 'Scrub'),
    value: [lastScrub(view, scrub), failed === undefined ? '' : w(...scrubFailures[failed])]
      .filter(Boolean)
      .join(w('；', '; ')),
    advice: isDamaged ? damageAdvice(view, findings) : isOpen ? lateAdvice(view, failed) : '',
  }
}

const scrubFailures: Readonly<
  Record<NonNullable<ScrubTries['failed']>, readonly [string, string]>
> = {
  NO_ROOM: ['上次没有读完：磁盘空间不够', 'the last try did not end: too little room on the disk'],
  FAILED: ['上次没有读完：出错', 'the last try did not end: an error'],
}

function lastScrub(view: Words, scrub: Health['scrub']): string {
  const { w } = view
  if (scrub === undefined) return w('还没有读完过一次', 'none has ended yet')
  const { endedAt, entries, files, findings } = scrub
  const counted = w(
    `${view.time(endedAt)} 读完 ${String(entries)} 条日志、${String(files)} 个文件`,
    `${String(entries)} entries and ${String(files)} files were read by ${view.time(endedAt)}`,
  )
  return findings.length === 0
    ? w(`${counted}，全部相符`, `${counted}, all as the journal says`)
    : w(
        `${counted}，${String(findings.length)} 处损坏：${named(findings)}`,
        `${counted}; ${String(findings.length)} damaged: ${named(findings)}`,
      )
}

function named(findings: readonly ScrubFinding[]): string {
  const shown = findings.slice(0, maxNamed).map(({ name }) => name.slice(0, 40))
  return `${shown.join(', ')}${findings.length > maxNamed ? ' …' : ''}`
}

/** The journal before files before views: what can be lost before what can be made anew. */
function damageAdvice({ w }: Words, findings: readonly ScrubFinding[]): string {
  const has = (...codes: readonly string[]): boolean =>
    findings.some(({ code }) => codes.includes(code))
  if (has('JOURNAL_DAMAGED')) {
    return w(
      '日志损坏：请立即停机，不要删除任何东西，换磁盘后从备份恢复。',
      'The journal is damaged: stop the box now, delete nothing, and restore the last backup to a new disk.',
    )
  }
  if (has('BLOB_DAMAGED', 'BLOB_MISSING')) {
    return w(
      '请从备份取回这些文件；损坏会再来，请更换磁盘。',
      'Fetch these files from the backup; replace the disk, for it will happen again.',
    )
  }
  return w(
    '登记簿可由日志重建：停机后运行 sealbox rebuild，并检查磁盘。',
    'The views can be made anew: stop the box, run sealbox rebuild, and check the disk.',
  )
}

const lateAdvice = ({ w }: Words, failed: ScrubTries['failed']): string =>
  failed === 'NO_ROOM'
    ? w(
        '巡检要临时用一份登记簿的空间，另加 2 GB：请扩大数据盘。',
        'It needs the size of the views and 2 GB more for a while: enlarge the disk of data.',
      )
    : w(
        '本应每夜自动进行：请看日志文件，重新启动本机。',
        'It should run each night: see the log file, restart the box.',
      )

/** Whether the disk is opened as it should be, and was whole when it was. */
export const volumeCheck: Judge = ({ w }, { volume }) => {
  if (volume === undefined) return undefined
  const { openedBy, refusal, isRepaired } = volume
  const hasTpm = refusal !== 'none'
  const isOdd =
    openedBy === 'recovery' || (openedBy === 'passphrase' && hasTpm && refusal !== undefined)
  const by = {
    tpm: w('由本机的 TPM 打开', 'opened by the TPM of the machine'),
    passphrase: w('由口令打开', 'opened by its passphrase'),
    recovery: w('由恢复口令打开', 'opened by the recovery passphrase'),
  }[openedBy]
  const why = isOdd && refusal !== undefined ? w(`（${refusal}）`, ` (${refusal})`) : ''
  const repaired = isRepaired
    ? w('；启动时修复过文件系统', '; its file system was repaired at the start')
    : ''
  return {
    code: 'volume',
    state: isOdd || isRepaired ? 'warn' : 'ok',
    what: w('数据盘', 'Data partition'),
    value: `${by}${why}${repaired}`,
    advice: isRepaired
      ? w(
          '请检查磁盘和电源；看数据巡检的结果。',
          'Check the disk and the power supply; see what the scrub found.',
        )
      : isOdd
        ? w(
            '机器的固件、TPM 或启动的版本变了。若无人动过，请告知安全员。',
            'Firmware, TPM or the version that was started has changed. If nobody did so, tell the security officers.',
          )
        : '',
  }
}

export const queuesCheck: Judge = ({ w }, { queues }) => {
  if (queues === undefined) return undefined
  const { uploads, requests, orders } = queues
  const isWaiting = uploads > 0
  return {
    code: 'queues',
    state: isWaiting ? 'warn' : 'ok',
    what: w('排队', 'Queues'),
    value: w(
      `待扫描的上传 ${String(uploads)}，待审批的注册 ${String(requests)}，待会签的令 ${String(orders)}`,
      `uploads for the scanner: ${String(uploads)}; for officers: enrolments ${String(requests)}, orders ${String(orders)}`,
    ),
    advice: isWaiting
      ? w(
          '上传在等病毒检查：请看上面的扫描程序。',
          'Uploads wait for the virus check: see the scanner.',
        )
      : '',
  }
}
