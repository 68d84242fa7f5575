/** The opened data partition as a device (device mapper), and its file system. Mounting it is the init system's (var.mount). */
import type { DataMachine } from './data_machine.ts'
import { runTool } from './tools.ts'

export const volumeName = 'sealbox-data'

/** Journal and file system flush what they were told to: no option here weakens that. */
const fileSystemOptions = ['-q', '-F', '-t', 'ext4', '-m', '1', '-L', volumeName, '-E', 'nodiscard']

export function createVolume({
  device,
  volumeKeyFile,
}: {
  readonly device: string
  readonly volumeKeyFile: string
}): DataMachine['volume'] {
  const opened = `/dev/mapper/${volumeName}`
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
  }
}
