/** The verified root: an erofs image, and beside it the dm-verity tree whose root hash stands on the signed command line. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { tool, sourceDateEpoch } from './tools.ts'
import { uuidOf, verityUuid } from './layout.ts'

export interface RootImage {
  readonly image: string
  readonly tree: string
  /** 64 hexadecimal digits. */
  readonly rootHash: string
}

/** How the root is packed: `fast` for development, `small` for what is given away. */
const compression = { fast: 'lz4', small: 'lz4hc,12' } as const

/** Makes `image` and `tree` of a folder. All files belong to root and bear the build's time. */
export async function makeRootImage(
  folder: string,
  files: { readonly image: string; readonly tree: string },
  small: boolean,
): Promise<RootImage> {
  const { image, tree } = files
  const [epoch, uuid] = [String(sourceDateEpoch()), uuidOf('root')]
  const how = [
    `-z${compression[small ? 'small' : 'fast']}`,
    '-T',
    epoch,
    '-U',
    uuid,
    '--all-root',
    '-x-1',
  ]
  rmSync(image, { force: true })
  await tool('mkfs.erofs', ['--quiet', ...how, image, folder])
  rmSync(tree, { force: true })
  const said = await tool('veritysetup', [
    'format',
    `--salt=${salt}`,
    `--uuid=${uuidOf('tree')}`,
    image,
    tree,
  ])
  const rootHash = /^Root hash:\s*([0-9a-f]{64})$/m.exec(said.toString())?.[1] ?? ''
  nameTree(tree, rootHash)
  return { image, tree, rootHash }
}

/** The same on all disks: the salt only keeps tables that somebody made beforehand from being of use, and there is nothing to guess here. */
const salt = '5ea1b0c5'.repeat(8)
/** dm-verity superblock (cryptsetup wiki, DMVerity 2): signature 8, version 4, type 4, then the UUID. */
const uuidOffset = 16

/** The UUID does not enter the root hash, so that it can be made of it. */
function nameTree(tree: string, rootHash: string): void {
  const uuid = Buffer.from(verityUuid(rootHash).replaceAll('-', ''), 'hex')
  const file = openSync(tree, 'r+')
  try {
    writeSync(file, uuid, 0, uuid.length, uuidOffset)
  } finally {
    closeSync(file)
  }
}
