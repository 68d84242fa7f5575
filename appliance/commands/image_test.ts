/** `sealbox image test`: builds the image of these sources and boots it in QEMU, broken and whole. In a clone of the sources only; minutes to an hour. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ApplianceError, exitStatus } from '../errors.ts'
import { productFolder } from '../image/build_folders.ts'

/** `argv`: files of tests, all of them if there are none. */
export async function run(argv: string[]): Promise<number> {
  const runner = join(productFolder, 'test/image/run')
  if (!existsSync(runner)) {
    throw new ApplianceError('USAGE', 'the tests of the image are in a clone of the sources only')
  }
  const child = spawn(runner, argv, { stdio: 'inherit', cwd: productFolder })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => {
      resolve(status ?? exitStatus.software)
    })
  })
}
