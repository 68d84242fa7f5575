/** Whose the set-up is while a restore waits, and that a box which was adopted is the box, whatever the console heard of it. */
import test from 'ava'
import { firstBoot } from '../../../appliance/box/first_boot.ts'
import { runConsole } from '../../../appliance/console/console.ts'
import { createDialogue } from '../../../appliance/console/dialogue.ts'
import { adopt } from '../../../appliance/console/place.ts'
import { writeSetUp } from '../../../appliance/console/set_up.ts'
import { runWizard } from '../../../appliance/console/wizard.ts'
import { MachineError } from '../../../appliance/machine/errors.ts'
import { stage, upToKind } from './restoring.ts'
import { typedTerminal } from './typed.ts'

const asRoot = process.getuid?.() === 0 ? test : test.skip

test('a restore that waits for somebody may be taken over by the other console', async (t) => {
  const { place, folder } = await stage(t, { isImage: false })
  const [one, two] = [typedTerminal(), typedTerminal()]
  const ending = new AbortController()
  t.teardown(() => {
    ending.abort()
  })
  void runConsole(place, [one.terminal, two.terminal], ending.signal).catch(() => undefined)
  await one.answer('按回车开始设置', '')
  await one.answer('1-3：', '3')
  await one.see('所在的文件夹')
  await two.answer('按回车开始设置', '')
  await two.answer('1-2：', '2')
  await two.answer('所在的文件夹', folder)
  await two.see('这里没有 .sealbox-backup 文件')
  await one.see('另一个控制台接手了')
  t.false(one.shown().includes('正在读取'))
})

const unanswered = new MachineError('MACHINE_SILENT', 'no answer')

asRoot(
  'a box whose adoption was never answered is the box, and no choice is offered after it',
  async (t) => {
    const { place } = await stage(t)
    const { machine } = place
    if (machine === undefined) throw new TypeError('the image')
    await firstBoot({
      ...{ districtName: '示范区', hostNames: ['localhost'], pkiUrl: 'http://localhost:9' },
      ...{ directory: place.making, zone: 'UTC' },
    })
    const silent = (error: Error) => ({
      ...machine,
      adoptBox: async (): Promise<void> => {
        await machine.adoptBox().catch(() => undefined)
        throw error
      },
    })
    await t.notThrowsAsync(adopt({ ...place, machine: silent(unanswered) }))
    const refused = new MachineError('BOX_THERE', 'there is a box')
    const names = { host: 'localhost', district: '示范区' }
    await writeSetUp(place.setUp, { ...upToKind, mode: 'trial', names })
    const typed = typedTerminal()
    const ended = runWizard({
      place: { ...place, machine: silent(refused) },
      talk: () => createDialogue({ lines: typed.terminal.lines, language: 'zh' }),
    })
    await typed.answer('现在建立本机吗', '1')
    t.truthy((await ended).finishedAt)
  },
)
