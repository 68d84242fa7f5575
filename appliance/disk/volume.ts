/** The opened data partition as a device (device mapper), and its file system. Mounting it is the init system's (var.mount). */
import { deviceBytes } from '../disk_room.ts'
import type { DataMachine } from './data_machine.ts'
import { readAt } from './read_at.ts'
import { runTool } from './tools.ts'

export const volumeName = 'sealbox-data'

/** Journal and file system flush what they were told to: no option here weakens that. */
const fileSystemOptions = ['-q', '-F', '-t', 'ext4', '-m', '1', '-L', volumeName, '-E', 'nodiscard']

/** Less is not worth growing for: a last group of blocks that is too small stays unused anyway (ext4(5)). */
const groupBytes = 128 * 1024 * 1024

export function createVolume({
  device,
  volumeKeyFile,
  opened = `/dev/mapper/${volumeName}`,
}: {
  readonly device: string
  readonly volumeKeyFile: string
  /** The device once it is open; a test's file. */
  readonly opened?: string
}): DataMachine['volume'] {
  return {
    async open() {
      const key = ['--volume-key-file', volumeKeyFile]
      await runTool('cryptsetup', ['--batch-mode', 'open', ...key, device, volumeName])
    },
    async makeFileSystem() {
      await runTool('mke2fs', [...fileSystemOptions, opened])
    },
    async checkFileSystem() {
      // 0: clean, or its journal was replayed; 1: repaired. 4: not everything, and then once more without reserve.
      const { status } = await runTool('e2fsck', ['-p', opened], { passes: [0, 1, 4] })
      if (status !== 4) return status === 1
      await runTool('e2fsck', ['-y', '-f', opened], { passes: [0, 1] })
      return true
    },
    async growFileSystem() {
      if ((await deviceBytes(opened)) - bytesOfFileSystem(opened) < groupBytes) return true
      // It grows only what was looked at as a whole since it was last in use.
      await runTool('e2fsck', ['-y', '-f', opened], { passes: [0, 1] })
      const { status } = await runTool('resize2fs', [opened], { passes: [0, 1] })
      if (status === 0) return true
      await runTool('e2fsck', ['-y', '-f', opened], { passes: [0, 1] })
      return false
    },
  }
}

/** Octets of an ext4 file system by its superblock: `s_blocks_count_lo`, `s_log_block_size`, `s_blocks_count_hi`. */
function bytesOfFileSystem(path: string): number {
  const superblock = readAt(path, 1024, 1024)
  const blocks = superblock.readUInt32LE(0x4) + superblock.readUInt32LE(0x150) * 2 ** 32
  return blocks * 1024 * 2 ** superblock.readUInt32LE(0x18)
}
