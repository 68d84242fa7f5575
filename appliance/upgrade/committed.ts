/** Whether the version that runs was committed, as the product may ask: by root's record, which it reads and cannot write. */
import { access } from 'node:fs/promises'
import { ApplianceError } from '../errors.ts'
import { imageMachine, runningVersion, type Machine } from './machine.ts'
import { readState } from './state.ts'
import { compareVersions } from './version.ts'

type Asked = Pick<Machine, 'image' | 'state' | 'trial'>

/**
 * Whether there is no way back any more. Outside the image a version is committed by being started. While a trial is not marked yet,
 * `highest` says it: it is raised by the commit alone.
 */
export async function isCommitted(machine: Asked = imageMachine): Promise<boolean> {
  const running = await runningVersion(machine)
  if (running === undefined) return true
  const { highest, attempt } = await readState(machine, running)
  const isTried = attempt?.version === running && attempt.state !== 'committed'
  return highest === running && !isTried && !(await exists(machine.trial))
}

/** Throws `VERSION_OLDER` where a higher version than the one that runs was committed on this disk: it would undo what that one mended. */
export async function requireNotOlder(machine: Asked = imageMachine): Promise<void> {
  const running = await runningVersion(machine)
  if (running === undefined) return
  const { highest } = await readState(machine, running)
  if (compareVersions(running, highest) >= 0) return
  throw new ApplianceError(
    'VERSION_OLDER',
    `version ${running} does not serve this box any more: ${highest} was kept on it`,
    { details: { running, highest } },
  )
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
