/** The state of the box as lines for a console. Pure. */
import { clockIn } from './answers.ts'
import type { Dialogue } from './dialogue.ts'
import type { ConsoleFacts } from './facts.ts'
import { fingerprintLines } from './minutes_lines.ts'

type Words = Pick<Dialogue, 'w' | 'language'>

export function statusLines(words: Words, facts: ConsoleFacts): string[] {
  const { w } = words
  const { box, addresses, version, freePercent } = facts
  const row = (zh: string, en: string, value: string): string => `  ${w(zh, en)}: ${value}`
  const zone = box?.facts.zone ?? 'UTC'
  return [
    rule,
    ` ${w('印匣 Sealbox', 'Sealbox')} ${version}`,
    ...(box === undefined ? [`  ${missingWords(words, facts)}`] : boxLines(words, facts, box)),
    row('地址', 'Addresses', addresses.join(', ') || w('没有', 'none')),
    row('时钟', 'Clock', `${clockIn(zone, facts.now)} (${zone})`),
    ...(freePercent === undefined ? [] : [row('磁盘剩余', 'Disk free', `${String(freePercent)}%`)]),
    ...alarmLines(words, facts.alarms),
    rule,
    prompt(words, facts),
  ]
}

/** What changes the status enough to be shown again; the time alone does not. */
export function statusKey(facts: ConsoleFacts): string {
  const { language, addresses, service, box, alarms, freePercent, isSetUp } = facts
  // An alarm that goes on with other numbers is no news.
  const standing = alarms.map(({ state, zh }) => [state, zh.what])
  const isTight = (freePercent ?? 100) < 10
  const parts = { language, addresses, box, standing, isSetUp, isTight }
  return JSON.stringify({ ...parts, ...(box && { service }) })
}

/** Each alarm, and what to do. */
function alarmLines({ w, language }: Words, alarms: ConsoleFacts['alarms']): string[] {
  return alarms.flatMap((alarm) => {
    const { what, value, advice } = alarm[language]
    const state = alarm.state === 'bad' ? w('故障', 'FAILED') : w('注意', 'LOOK')
    return [`  ! ${state} ${what}: ${value}`, ...(advice === '' ? [] : [`      ${advice}`])]
  })
}

function missingWords({ w }: Words, { isSetUp }: ConsoleFacts): string {
  return isSetUp ? w('正在启动', 'starting') : w('尚未建立', 'not set up yet')
}

const rule = '-'.repeat(72)

function boxLines(
  words: Words,
  facts: ConsoleFacts,
  box: NonNullable<ConsoleFacts['box']>,
): string[] {
  const { w } = words
  const { firstCode } = box
  const { host, districtName, mode, root } = box.facts
  const url = `https://${host}:${String(facts.port)}`
  return [
    `  ${districtName}${mode === 'trial' ? w('  试用 TRIAL', '  TRIAL') : ''}`,
    `  ${url}  ${serviceWords(words, facts)}`,
    ...(box.restored ? restoredLines(words) : []),
    ...fingerprintLines(words, root)
      .slice(0, firstCode === undefined ? 2 : undefined)
      .map((line) => `  ${line}`),
    ...(firstCode === undefined
      ? []
      : [
          `  ${w('第一名安全员 officer-1 的注册码', 'Code of the first officer, officer-1')}: ${firstCode}`,
          `  ${w('请在浏览器打开', 'Open in a browser')}: ${url}/signer.html#enrol`,
        ]),
  ]
}

function restoredLines({ w }: Words): string[] {
  return [
    w(
      '  由备份恢复，等两名安全员用双人令确认；此前只能看，不能办。',
      '  Restored from a backup; it waits for the order of two officers, and until then nobody can act.',
    ),
  ]
}

function serviceWords({ w }: Words, { service, box }: ConsoleFacts): string {
  if (box?.locked === true) return w('密钥未打开', 'its keys are locked')
  if (service === 'serving') return w('运行中', 'serving')
  return service === 'waiting' ? w('正在启动', 'starting') : w('没有应答', 'no answer')
}

function prompt({ w }: Words, { box, isSetUp }: ConsoleFacts): string {
  if (box === undefined && isSetUp) return w('请稍候。', 'Please wait.')
  if (box === undefined)
    return w('按回车开始设置。 Press Enter to set it up.', 'Press Enter to set it up.')
  if (box.locked) return w('按回车输入本机口令。', 'Press Enter to type the passphrase.')
  return w('按回车看菜单。', 'Press Enter for the menu.')
}
