/** Sets a box up over the serial line, as a person would who types what the manual says. Test support. */
import type { Machine } from './machine.ts'

export const districtName = '示范区'
/** Passphrases of the ceremony: of the custodians, then of the box. */
export const passphrases = ['zhao horse battery', 'qian staple ring', 'the box itself 1'] as const

/** Waits for a question and types the answer. */
export async function answer(
  { serial }: Pick<Machine, 'serial'>,
  question: string | RegExp,
  typed: string,
): Promise<void> {
  await serial.expect(question)
  serial.send(`${typed}\r`)
}

export interface SetUpOptions {
  /** The box's name; `localhost` by default, as its port is forwarded. */
  readonly host?: string
  /** Where the set-up stands: before its first question, or at the network. */
  readonly from?: 'begin' | 'network'
}

export type Kind = 'trial' | 'production' | 'backup'

/** Up to and with the kind: language, DHCP, the clock as it is, no time servers. */
export async function answerKind(
  machine: Machine,
  kind: Kind,
  { from = 'begin' }: SetUpOptions = {},
): Promise<void> {
  if (from === 'begin') {
    await answer(machine, '按回车开始设置', '')
    await answer(machine, '1-2 [1]', '1')
  }
  await answer(machine, '网络地址', '2')
  await answer(machine, '时区 [', '')
  await answer(machine, '时钟准吗', '1')
  await answer(machine, '时间服务器的地址', '')
  await answer(machine, '建立哪一种', { trial: '1', production: '2', backup: '3' }[kind])
}

async function answerNames(machine: Machine, { host = 'localhost' }: SetUpOptions): Promise<void> {
  await answer(machine, '本机域名', host)
  await answer(machine, '区的名称', districtName)
}

/** Makes a trial box; gives the first officer's code, once the box serves. */
export async function setUpTrial(machine: Machine, options: SetUpOptions = {}): Promise<string> {
  await answerKind(machine, 'trial', options)
  await answerNames(machine, options)
  await answer(machine, '现在建立本机吗', '1')
  const line = await machine.serial.expect(/officer-1 的注册码: [0-9A-Z-]+(?=\n)/)
  return line.replace(/^.*: /, '')
}

/** Makes a production box; gives the codes of both officers. Papers go to the stick that is plugged in. */
export async function setUpProduction(
  machine: Machine,
  options: SetUpOptions = {},
): Promise<string[]> {
  await answerKind(machine, 'production', options)
  await answerNames(machine, options)
  await answer(machine, '第一名安全员', '')
  await answer(machine, '第二名安全员', '')
  await answer(machine, '分成几份', '2')
  await answer(machine, '几份可以打开', '')
  await answer(machine, '第 1 份保管人', '赵')
  await answer(machine, '第 2 份保管人', '钱')
  await answer(machine, '地点', '三楼')
  await answer(machine, '其他在场者', '')
  await answer(machine, '现在建立本机吗', '1')
  for (const [at, whose] of ['请 赵 输入口令', '请 钱 输入口令', '本机密钥的口令'].entries()) {
    await answer(machine, whose, passphrases[at] ?? '')
    await answer(machine, '再输一遍', passphrases[at] ?? '')
  }
  await answer(machine, '已写下', '1')
  for (const what of ['第 1 个 U 盘', '第 2 个 U 盘', '赵的份额', '钱的份额']) {
    await machine.serial.expect(what)
    await answer(machine, '插好后按回车', '')
    // All of it on one stick: each but the first is asked about.
    if (what !== '第 1 个 U 盘') await answer(machine, '换一个 U 盘吗', '2')
    await machine.serial.expect('已写入')
  }
  const codes: string[] = []
  for (const officer of ['officer-1', 'officer-2']) {
    await answer(machine, `请 ${officer} 本人`, '')
    const line = await machine.serial.expect(/注册码 {2}[0-9A-Z-]+(?=\n)/)
    codes.push(line.replace(/^.* /, ''))
    await answer(machine, '抄好后按回车', '')
  }
  await answer(machine, '现在建立本机', '1')
  return codes
}
