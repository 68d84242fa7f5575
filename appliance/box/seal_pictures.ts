/**
 * Pictures that units gave for their seals: `seal-pictures/UNIT.png` or `.jpg` in the folder of data, named by the unit's code, read once at the start. One that cannot be
 * a seal is told in the log, and the unit's mark is drawn as all others are; who seals sees it either way.
 */
import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import {
  ExchangeError,
  maxPictureBytes,
  readUnitPicture,
  type MarkPicture,
  type PagePictures,
} from '../../exchange/index.ts'
import type { Log } from '../../web/index.ts'

const named = /^[0-9A-Z]{1,32}\.(png|jpe?g)$/

/** The pictures by unit; a folder that is not there holds none. */
export async function loadSealPictures(options: {
  readonly directory: string
  readonly pictures: Pick<PagePictures, 'page'>
  readonly log: Log
}): Promise<ReadonlyMap<string, MarkPicture>> {
  const { directory, pictures, log } = options
  const found = new Map<string, MarkPicture>()
  if (!existsSync(directory)) return found
  for (const file of (await readdir(directory)).toSorted()) {
    const path = join(directory, file)
    const picture = named.test(file) ? await readOne(path, pictures) : 'no name of a unit'
    if (typeof picture === 'string') {
      log.error({ file, reason: picture }, 'a picture of a seal is not used')
    } else found.set(basename(file, extname(file)), picture)
  }
  return found
}

/** The picture, or why there is none. */
async function readOne(
  path: string,
  pictures: Pick<PagePictures, 'page'>,
): Promise<MarkPicture | string> {
  if ((await stat(path)).size > maxPictureBytes) return 'too large'
  try {
    return await readUnitPicture(new Uint8Array(await readFile(path)), pictures)
  } catch (error) {
    if (error instanceof ExchangeError && error.code === 'SEAL_PICTURE_REFUSED') {
      return error.message
    }
    throw error
  }
}
