/** The chain from the kernel, and from the firmware under Secure Boot, to the first answer; and what breaks it. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { builtImage } from './built.ts'
import { bootImage, copyDisk, firstAnswer } from './machine.ts'

const work = mkdtempSync(join(tmpdir(), 'sealbox-boot-'))

test('the kernel alone, with its command line, boots the verified root to the first answer', async (t) => {
  const { out, disk } = await builtImage()
  const own = await copyDisk(disk, join(work, 'direct.img'))
  await using machine = await bootImage({ disk: own, firmware: 'direct', build: out })
  await machine.serial.expect('sealbox: verified root in slot a')
  const answer = await firstAnswer(machine)
  t.true([200, 403, 503].includes(answer.status), String(answer.status))
})
