/** Where an upgrade finds the parts of the machine it changes; in the image always the same, in tests a folder and files. */
import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import { fromPem } from '../../ca/path/index.ts'
import { versionPattern } from './version.ts'

export type SlotName = 'a' | 'b'

export interface Machine {
  /** Marks that this is the image, and says which. */
  readonly image: string
  /** PEM certificates of release keys whose bundles are installed. */
  readonly release: string
  /** One letter: the slot that the initramfs opened. */
  readonly slot: string
  /** Folder of the boot entries on the ESP. */
  readonly entries: string
  readonly partition: (part: 'root' | 'verity', slot: SlotName) => string
  /** Root's own record of upgrades (`state.ts`). */
  readonly state: string
  /** The bundle as the product received it. */
  readonly bundle: string
  /** There while the version that runs is on trial. */
  readonly trial: string
  /** Root's folder of the job in hand (`job.ts`). */
  readonly work: string
  /** The folder of data; its `VERSION` says the layout. */
  readonly data: string
}

/** The image's own places. */
export const imageMachine: Machine = {
  image: '/etc/sealbox/image.json',
  release: '/usr/share/sealbox/release.pem',
  slot: '/run/sealbox/slot',
  entries: '/efi/EFI/Linux',
  partition: (part, slot) => `/dev/disk/by-partlabel/sealbox-${part}-${slot}`,
  state: '/var/lib/sealbox-machine/upgrade.json',
  bundle: '/var/lib/sealbox-exchange/out/staged.sealbox-upgrade',
  trial: '/run/sealbox/trial',
  work: '/run/sealbox/upgrade',
  data: '/var/lib/sealbox/data',
}

const imageSchema = z.object({ version: z.string().regex(versionPattern) })

/** The version that runs; undefined where this is not the image. */
export async function runningVersion({
  image,
}: Pick<Machine, 'image'>): Promise<string | undefined> {
  const text = await readFile(image, 'utf8').catch(orMissing)
  return text === undefined ? undefined : imageSchema.parse(JSON.parse(text)).version
}

/** The slot that runs. Throws a `TypeError` where nobody said so: then none is idle. */
export async function runningSlot({ slot }: Pick<Machine, 'slot'>): Promise<SlotName> {
  const name = (await readFile(slot, 'utf8')).trim()
  if (name === 'a' || name === 'b') return name
  throw new TypeError('the slot that runs is not known')
}

export const otherSlot = (slot: SlotName): SlotName => (slot === 'a' ? 'b' : 'a')

/** Certificates of the release keys, DER. */
export async function releaseCertificates({
  release,
}: Pick<Machine, 'release'>): Promise<readonly Uint8Array[]> {
  return fromPem('CERTIFICATE', await readFile(release, 'utf8'))
}

/** undefined of a file that is not there; any other failure is thrown. */
export function orMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
  throw error
}
