/** Backups on sticks: in the image root writes them, from a folder where the box may only add (docs/formats/machine-request.md). */
import { copyFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { diskRoom, type LookAtRoom } from '../disk_room.ts'
import { WebError } from '../../web/index.ts'
import { openMachine, type AskMachine } from '../machine/ask.ts'
import { told } from '../machine/told.ts'
import { partial } from './beside.ts'
import { requireFree, reserveIn } from './room.ts'

export interface StickParts {
  readonly ask: AskMachine
  /** What waits for root to take it to a stick; a name of its own is all that the box can see there. */
  readonly outgoing: string
  readonly look?: LookAtRoom
}

export interface StickWriter {
  /** Throws what the machine answers, `BACKUP_BUSY` and `BACKUP_DISK_FULL`; then nothing waits there any more. */
  readonly copy: (path: string, name: string) => Promise<void>
  /** What a power cut left of copies of these names. */
  readonly forget: (names: readonly string[]) => Promise<void>
}

/** Undefined outside the image, where whoever runs the box copies files himself. */
export function openStickWriter(): StickWriter | undefined {
  const ask = openMachine()
  return ask && createStickWriter({ ask, outgoing: '/var/lib/sealbox-exchange/out' })
}

export function createStickWriter({ ask, outgoing, look = diskRoom }: StickParts): StickWriter {
  let isBusy = false
  const placesOf = (name: string) => ({
    aside: join(outgoing, `.${name}${partial}`),
    whole: join(outgoing, name),
  })
  async function forget(names: readonly string[]): Promise<void> {
    for (const { aside, whole } of names.map(placesOf)) {
      await rm(aside, { force: true })
      await rm(whole, { force: true })
    }
  }
  return {
    forget,
    copy: async (path, name) => {
      if (isBusy) throw new WebError('BACKUP_BUSY', 'a backup is on its way to the stick')
      isBusy = true
      try {
        // Asked first: a copy of everything for a stick that is not there is hours and gigabytes for nothing.
        const { files } = await told(ask('list-usb', {}))
        if (files.some((file) => file.name === name)) {
          throw new WebError('STICK_FILE_EXISTS', 'a file of that name is on the stick')
        }
        await requireRoomFor(path, { outgoing, look })
        const { aside, whole } = placesOf(name)
        await copyFile(path, aside)
        await rename(aside, whole)
        await told(ask('write-usb', { name }))
      } finally {
        isBusy = false
        await forget([name])
      }
    },
  }
}

/** Throws `BACKUP_DISK_FULL`. */
async function requireRoomFor(
  path: string,
  { outgoing, look }: Required<Pick<StickParts, 'outgoing' | 'look'>>,
): Promise<void> {
  const reserve = await reserveIn(outgoing, { data: path, look })
  await requireFree(outgoing, { bytes: (await stat(path)).size + reserve, look })
}
