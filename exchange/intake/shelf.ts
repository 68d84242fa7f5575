/** What is known of uploads that do not wait: what was accepted, as what, and what was refused after it had waited. In the scratch area. */
import type { Sha256 } from '../../ca/index.ts'
import type { Refused, Scratch, Uploaded } from './types.ts'

/** A file of a unit. */
export interface FileOfUnit {
  readonly unit: string
  readonly sha256: Sha256
}

export interface Shelf {
  get(unit: string, file: Sha256): Promise<Uploaded | undefined>
  put(name: FileOfUnit, uploaded: Uploaded): Promise<void>
  refused(unit: string, file: Sha256): Promise<Refused | undefined>
  refuse(name: FileOfUnit, refused: Refused): Promise<void>
}

export function createShelf(scratch: Scratch): Shelf {
  const key = (unit: string, file: Sha256): string => `upload/${unit}/${file}`
  const refusedKey = (unit: string, file: Sha256): string => `upload-refused/${unit}/${file}`
  return {
    async get(unit: string, file: Sha256): Promise<Uploaded | undefined> {
      const kept = await scratch.get(key(unit, file))
      return kept === undefined ? undefined : (JSON.parse(kept) as Uploaded)
    },
    async put({ unit, sha256 }: FileOfUnit, uploaded: Uploaded): Promise<void> {
      await scratch.batch([
        { type: 'put', key: key(unit, sha256), value: JSON.stringify(uploaded) },
        { type: 'del', key: refusedKey(unit, sha256) },
      ])
    },
    async refused(unit: string, file: Sha256): Promise<Refused | undefined> {
      const kept = await scratch.get(refusedKey(unit, file))
      return kept === undefined ? undefined : (JSON.parse(kept) as Refused)
    },
    async refuse({ unit, sha256 }: FileOfUnit, refused: Refused): Promise<void> {
      await scratch.batch([
        { type: 'put', key: refusedKey(unit, sha256), value: JSON.stringify(refused) },
        { type: 'del', key: key(unit, sha256) },
      ])
    },
  }
}
