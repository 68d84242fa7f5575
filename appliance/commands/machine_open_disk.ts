/** `sealbox machine open-disk`: by systemd alone, before anything of the box is there (`sealbox-data.service`). */
import { openConsoles } from '../disk/console.ts'
import { DiskError } from '../disk/errors.ts'
import { startingMachine, writeOpened } from '../disk/image_machine.ts'
import { openData } from '../disk/unlock.ts'

export async function run(): Promise<number> {
  const console = openConsoles()
  try {
    writeOpened(await openData(await startingMachine(console)))
    return 0
  } catch (error) {
    const said = error instanceof DiskError ? `${error.code}: ${error.message}` : String(error)
    console.say('failed', said)
    throw error
  } finally {
    console.close()
  }
}
