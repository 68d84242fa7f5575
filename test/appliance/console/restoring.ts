/** A console of a blank box in the image: its acts are root's own over temporary folders, its sticks are folders. Needs root. Test support. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ExecutionContext } from 'ava'
import { isRestored, publicBox } from '../../../appliance/box/box_state.ts'
import { runConsole } from '../../../appliance/console/console.ts'
import { imageMachine } from '../../../appliance/console/image_machine.ts'
import type { Place } from '../../../appliance/console/place.ts'
import { setUpFormat, writeSetUp, type SetUp } from '../../../appliance/console/set_up.ts'
import { machinePaths, type MachinePaths } from '../../../appliance/machine/act.ts'
import { machineActs } from '../../../appliance/machine/acts.ts'
import type { Execute } from '../../../appliance/machine/programs.ts'
import { exchangePaths } from '../../../appliance/machine/stick_acts.ts'
import { createSystemClock, systemRandom } from '../../../ca/index.ts'
import { emptySpool, runSpool } from '../machine/spools.ts'
import { temporaryFolder } from '../places.ts'
import { typedTerminal, type Typed } from './typed.ts'

export interface Stage {
  readonly folder: string
  readonly paths: MachinePaths
  readonly place: Place
  /** Starts its console anew, as after a power cut. */
  start(): Typed
}

/** Up to the kind: what a person said before. */
export const upToKind: SetUp = {
  format: setUpFormat,
  ...{ language: 'zh', network: 'as-is' },
  time: { zone: 'Asia/Shanghai', servers: [], confirmedAt: '2026-11-26T00:00:00.000Z' },
}

/** `execute` stands in for PID 1; a stick is there by default. */
export async function stage(
  t: ExecutionContext,
  { execute = stickIsThere, isImage = true }: { execute?: Execute; isImage?: boolean } = {},
): Promise<Stage> {
  const folder = await temporaryFolder(t)
  const at = (name: string): string => join(folder, name)
  const paths: MachinePaths = {
    ...{ ...machinePaths, state: at('machine'), run: at('run'), exchange: at('exchange') },
    ...{ box: at('sealbox/data'), keys: at('keys'), stick: at('stick'), stickToWrite: at('stick') },
  }
  for (const path of [
    ...[join(paths.state, 'console'), join(paths.run, 'sealbox-papers'), paths.stick],
    ...[...Object.values(exchangePaths(paths.exchange)), at('sealbox')],
  ]) {
    await mkdir(path, { recursive: true })
  }
  const spool = emptySpool()
  t.teardown(() => rm(spool, { recursive: true, force: true }))
  const ending = new AbortController()
  const serving = isImage ? serveSpool(spool, { paths, execute }, ending.signal) : undefined
  t.teardown(() => {
    ending.abort()
    // Before its spool goes.
    return serving
  })
  const place: Place = {
    ...{ data: paths.box, papers: at('papers'), unlock: [], port: 9, pkiPort: 9 },
    making: isImage ? join(paths.state, 'console', 'box') : paths.box,
    setUp: join(paths.state, 'console', 'setup.json'),
    ...{ clock: createSystemClock(), random: systemRandom },
    machine: isImage ? imageMachine(paths, spool) : undefined,
    state: () => {
      const box = publicBox(paths.box) ?? null
      const phase = box === null ? ('not-set-up' as const) : ('serving' as const)
      return Promise.resolve({
        ...{ version: 1, box, phase, restored: isRestored(paths.box), refused: null },
        awaitsFirstOfficer: true,
      })
    },
  }
  await writeSetUp(place.setUp, upToKind)
  return {
    ...{ folder, paths, place },
    start() {
      const typed = typedTerminal()
      void runConsole(place, [typed.terminal], ending.signal).catch(() => undefined)
      return typed
    },
  }
}

const stickIsThere: Execute = (_, args) =>
  Promise.resolve(args[0] === 'show' ? 'ActiveState=active\n' : '')

/** Root's one-shot whenever something waits, as its path unit starts it. */
async function serveSpool(
  spool: string,
  of: { readonly paths: MachinePaths; readonly execute: Execute },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await runSpool(spool, { ...of, acts: machineActs, asker: 'console' })
    await pause(20, undefined, { signal }).catch(() => undefined)
  }
}
