/** Backups on sticks: in the image root writes them, from a folder where the box may only add (docs/formats/machine-request.md). */
import { randomBytes } from 'node:crypto'
import { copyFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { WebError } from '../../web/index.ts'
import { openMachine } from '../machine/ask.ts'
import { MachineError } from '../machine/errors.ts'

/** What waits for root to take it to a stick. */
const outgoing = '/var/lib/sealbox-exchange/out'

/** Undefined outside the image, where whoever runs the box copies files himself. */
export function stickWriter(): ((path: string, name: string) => Promise<void>) | undefined {
  const ask = openMachine()
  if (ask === undefined) return undefined
  return async (path, name) => {
    const aside = join(outgoing, `.${randomBytes(8).toString('hex')}.partial`)
    try {
      await copyFile(path, aside)
      await rename(aside, join(outgoing, name))
      await ask('write-usb', { name })
    } catch (error) {
      await rm(aside, { force: true })
      if (error instanceof MachineError) throw new WebError(error.code, error.message)
      throw error
    }
  }
}
