/** A newer version from a stick, before there is a box: nobody is there yet who could order it, and the release key signed it (ADR 37). */
import type { Dialogue } from '../dialogue.ts'
import type { Machine } from '../place.ts'

/** Throws what refuses it. */
export async function upgradeFromStick(
  dialogue: Dialogue,
  machine: Pick<Machine, 'installUpgrade' | 'restart'>,
): Promise<void> {
  const { w, say } = dialogue
  await dialogue.pause(
    w('插入存有升级文件的 U 盘，按回车', 'Plug in the stick with the upgrade, then press Enter'),
  )
  say(
    w(
      '正在核对并写入，要几分钟，请勿断电、勿拔 U 盘……',
      'Checking and writing it takes some minutes; leave power and stick as they are…',
    ),
  )
  const version = await machine.installUpgrade()
  const answer = await dialogue.choose(
    w(
      `版本 ${version} 已写入，重新启动后试运行，设置从这里继续。现在重新启动吗`,
      `Version ${version} is written; the next start tries it, and the set-up goes on from here. Restart now?`,
    ),
    [
      { key: 'yes', words: w('重新启动', 'restart') },
      { key: 'no', words: w('以后', 'later') },
    ],
    'yes',
  )
  if (answer === 'yes') await machine.restart()
}
