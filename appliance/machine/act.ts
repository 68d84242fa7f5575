/**
 * One privileged act: what may be asked, by whom, and what root then does. An act takes no path and no command from its request, only
 * values that its schema bounds; every path and program is a constant of its file. Types and one helper; pure.
 */
import * as z from 'zod'
import { MachineError } from './errors.ts'
import type { Execute } from './programs.ts'
import type { Asker } from './users.ts'

/** Where the machine's own state and the system's folders are; tests give temporary ones. */
export interface MachinePaths {
  /** What belongs to the machine and survives: network, time, state of the set-up. Root's. */
  readonly state: string
  /** What is made anew at each start: configuration of networkd, chrony, nftables. */
  readonly run: string
  /** Files from and to sticks (`stick_files.ts`); root's folders, since a folder of the service could be swapped for a link. */
  readonly exchange: string
  /** Where PID 1 mounts the stick to read, and to write. */
  readonly stick: string
  readonly stickToWrite: string
  /** The box's folder of data, and where the issuing keys lie that it cannot read. */
  readonly box: string
  readonly keys: string
}

export const machinePaths: MachinePaths = {
  state: '/var/lib/sealbox-machine',
  run: '/run',
  exchange: '/var/lib/sealbox-exchange',
  stick: '/run/sealbox-stick',
  stickToWrite: '/run/sealbox-stick-write',
  box: '/var/lib/sealbox/data',
  keys: '/var/lib/sealbox-keys',
}

/** What an act works with. */
export interface Machine {
  readonly paths: MachinePaths
  readonly execute: Execute
  readonly asker: Asker
  /** Aborts when the act's time is over. */
  readonly signal: AbortSignal
}

/** What an owner of an act writes. */
export interface MachineActParts<Params, Result> {
  /** Strict and bounded: what does not fit is refused before `run`. */
  readonly params: z.ZodType<Params>
  /** Holds what root answers, on both sides. */
  readonly result: z.ZodType<Result>
  readonly askedBy: readonly Asker[]
  /** Longest time, ms: of `run`, and of who waits for it. */
  readonly patienceMs: number
  /** Does it. Throws `MachineError` for what a person is told; anything else is answered `MACHINE_FAILED` and logged. */
  readonly run: (params: Params, machine: Machine) => Promise<Result>
}

/** An act whatever its types: what root's one-shot needs of it. */
export interface AnyMachineAct {
  readonly askedBy: readonly Asker[]
  readonly patienceMs: number
  /** Holds what was asked to the schema, does it, holds the result. Throws `MACHINE_REQUEST_MALFORMED`, and what `run` throws. */
  perform(given: unknown, machine: Machine): Promise<unknown>
}

export interface MachineAct<Params, Result>
  extends MachineActParts<Params, Result>, AnyMachineAct {}

/** Makes an act of its parts. */
export function machineAct<Params, Result>(
  parts: MachineActParts<Params, Result>,
): MachineAct<Params, Result> {
  return {
    ...parts,
    async perform(given, machine) {
      const params = parts.params.safeParse(given)
      if (params.success) return parts.result.parse(await parts.run(params.data, machine))
      const words = z.prettifyError(params.error).slice(0, maxMessage)
      throw new MachineError('MACHINE_REQUEST_MALFORMED', words)
    },
  }
}

const maxMessage = 400
