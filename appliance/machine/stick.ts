/**
 * A USB stick, for as long as an act needs it. PID 1 mounts and unmounts it, so that no process of ours may mount anything; which disk it
 * is says a rule of udev (appliance/image/tree), never a request.
 */
import { MachineError } from './errors.ts'
import type { Machine } from './act.ts'

export type StickUse = 'read' | 'write'

const device = 'dev-sealbox\\x2dstick.device'
const mounts: Readonly<Record<StickUse, string>> = {
  read: 'run-sealbox\\x2dstick.mount',
  write: 'run-sealbox\\x2dstick\\x2dwrite.mount',
}

/**
 * Mounts the stick, lets `work` have its folder, and unmounts it, which also writes out what is still in memory. Throws `STICK_ABSENT`,
 * `STICK_UNREADABLE`, and what `work` throws.
 */
export async function withStick<T>(
  { execute, paths, signal }: Pick<Machine, 'execute' | 'paths' | 'signal'>,
  use: StickUse,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const state = await execute('systemctl', ['show', '--property=ActiveState', device], { signal })
  // Asked first: starting the mount would wait for a stick that may never come.
  if (state.trim() !== 'ActiveState=active') throw new MachineError('STICK_ABSENT', 'no stick')
  await execute('systemctl', ['start', mounts[use]], { signal }).catch(unreadable)
  let result: T
  try {
    result = await work(use === 'read' ? paths.stick : paths.stickToWrite)
  } catch (error) {
    await execute('systemctl', ['stop', mounts[use]]).catch(() => undefined)
    throw error
  }
  // Of a stick that was written, this is where a failure to write out is told.
  await execute('systemctl', ['stop', mounts[use]]).catch(unreadable)
  return result
}

function unreadable(cause: unknown): never {
  throw new MachineError('STICK_UNREADABLE', 'the stick cannot be mounted or unmounted', { cause })
}
