/** The set-up at a terminal, as somebody does it who stands before a new box. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { readBoxFile } from '../../../appliance/box/data_folder.ts'
import { full, run, sealbox, temporaryFolder } from '../places.ts'
import { startOnPty, type Pty } from './pty.ts'

/** On the terminal itself by its path, as in the image: there nothing that is typed ends it. */
const consoleAt = (folder: string): string =>
  `'${sealbox}' console --terminal /dev/tty --port 9 --data '${folder}/data' --papers '${folder}/papers'`

/** Up to the names of a production box. */
async function answerNames(pty: Pty): Promise<void> {
  await pty.answer('按回车开始设置', '')
  await pty.answer('1-2 [1]', '1')
  await pty.answer('时区', '')
  await pty.answer('1-2 [1]', '1')
  await pty.answer('1-3：', '2')
  await pty.answer('本机域名', 'localhost')
  await pty.answer('区的名称', '示\\u8303区')
}

test('a trial box is made at the console, whatever else is typed, and goes on after the terminal was lost', async (t) => {
  const folder = await temporaryFolder(t)
  const first = startOnPty(t, consoleAt(folder))
  await first.answer('按回车开始设置', '')
  // Control-C, -D, -Z, -\, -S, an arrow, F1, a break of the line, an answer that is none.
  await first.answer('1-2 [1]', '\u0003\u0004\u001a\u001c\u0013\u001b[A\u001bOP\u00009')
  await first.answer('1-2 [1]', '2')
  await first.answer('Time zone', 'Europe/Nowhere')
  await first.answer('Time zone', '')
  await first.answer('1-2 [1]', '')
  await first.answer('1-3: ', '1')
  await first.answer('Host name of the box', 'no_such name')
  await first.see('small letters, digits')
  await first.hangUp()
  t.false(existsSync(join(folder, 'data')), 'nothing is made yet')

  const second = startOnPty(t, consoleAt(folder))
  await second.answer('Press Enter to set it up', '')
  // Straight to where it was, and back by one step and on again.
  await second.answer('Host name of the box', '<')
  await second.answer('1-3: ', '1')
  await second.answer('Host name of the box', 'localhost')
  await second.answer('Name of the district', 'x'.repeat(41))
  await second.answer('Name of the district', '示\\u8303区')
  await second.see('示范区')
  await second.answer('1-2: ', '1')
  await second.see('Code of the first officer')
  const [, code] = /officer-1: (\S+)/.exec(second.shown()) ?? []
  t.regex(code ?? '', /^[0-9A-Z]{6}-/)
  // The menu changes nothing of the box.
  await second.answer('Press Enter for the menu', '')
  await second.answer('1-2 [1]', '1')
  await second.see('Press Enter for the menu')
  await second.hangUp()

  const { mode, districtName, hostNames } = readBoxFile(join(folder, 'data'))
  t.deepEqual(
    { mode, districtName, hostNames },
    { mode: 'trial', districtName: '示范区', hostNames: ['localhost'] },
  )
  const { status } = await run(sealbox, ['journal', 'verify', '--data', join(folder, 'data')])
  t.is(status, 0)
})

test('a production box is made in a ceremony at the console (in full given up once, which leaves none), and no secret is shown or kept', async (t) => {
  const folder = await temporaryFolder(t)
  const pty = startOnPty(t, consoleAt(folder))
  await answerNames(pty)
  await pty.answer('第一名安全员', '')
  await pty.answer('第二名安全员', 'officer-1')
  await pty.answer('第二名安全员', '')
  await pty.answer('分成几份', '2')
  await pty.answer('几份可以打开', '')
  await pty.answer('第 1 份保管人', '赵')
  await pty.answer('第 2 份保管人', '赵')
  await pty.answer('第 2 份保管人', '钱')
  await pty.answer('地点', '三楼')
  await pty.answer('其他在场者', '孙')
  await pty.answer('职责', '')
  await pty.answer('其他在场者', '')
  // Compared; back from there, and back from the middle, nothing that was typed is typed again.
  await pty.see('地点: 三楼')
  await pty.see('其他在场者: 孙 (见证人)')
  await pty.answer('1-2：', '2')
  const again = async (...questions: readonly string[]): Promise<void> => {
    for (const question of questions) await pty.answer(question, '')
  }
  await again('[officer-1]', '[officer-2]', '分成几份 [2]', '几份可以打开 [2]')
  await pty.answer('第 1 份保管人的姓名 [赵]', '李')
  await pty.answer('第 2 份保管人的姓名 [钱]', '<')
  await again('本机域名 [localhost]', '区的名称 [示范区]')
  await again('[officer-1]', '[officer-2]', '分成几份 [2]', '几份可以打开 [2]')
  await pty.answer('第 1 份保管人的姓名 [李]', '赵')
  await again('第 2 份保管人的姓名 [钱]', '输入 - [三楼]')
  await pty.answer('输入 - [孙]', '-')
  await again('其他在场者')
  await pty.see('其他在场者: 无')
  const secrets = ['zhao horse battery', 'qian staple ring', 'the box itself 1']
  const typeSecrets = async (): Promise<void> => {
    await pty.answer('1-2：', '1')
    await pty.answer('请 赵 输入口令', 'short')
    await pty.answer('请 赵 输入口令', secrets[0] ?? '')
    await pty.answer('再输一遍', `${secrets[0] ?? ''} no`)
    await pty.answer('请 赵 输入口令', secrets[0] ?? '')
    await pty.answer('再输一遍', secrets[0] ?? '')
    await pty.answer('请 钱 输入口令', secrets[0] ?? '')
    await pty.answer('请 钱 输入口令', secrets[1] ?? '')
    await pty.answer('再输一遍', secrets[1] ?? '')
    await pty.answer('本机密钥的口令', secrets[2] ?? '')
    await pty.answer('再输一遍', secrets[2] ?? '')
    await pty.see('密钥仪式记录')
  }
  await typeSecrets()
  // Making all keys takes a moment: given up and held again in full only.
  if (full) {
    await pty.answer('1-2：', '2')
    await pty.answer('1-2：', '1')
    await pty.see('没有办成')
    t.false(existsSync(join(folder, 'data')), 'given up: there is no box')
    await typeSecrets()
  }
  await pty.answer('1-2：', '1')
  await pty.answer('officer-1 本人到屏幕前', '')
  await pty.answer('抄好后按回车', '')
  await pty.answer('officer-2 本人到屏幕前', '')
  await pty.answer('抄好后按回车', '')
  await pty.answer('1-2：', '1')
  await pty.see('按回车看菜单')
  await pty.hangUp()
  t.is(readBoxFile(join(folder, 'data')).mode, 'production')
  const state = await readFile(join(folder, 'data.set-up', 'setup.json'), 'utf8')
  for (const secret of secrets) {
    t.false(pty.shown().includes(secret), 'no passphrase is shown')
    t.false(state.includes(secret), 'none is kept')
  }
})
