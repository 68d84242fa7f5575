/** What a privileged act refuses or fails with: a closed set of codes, whose words stand in `web/messages_machine.ts`. */
import type { MachineErrorCode } from '../../web/index.ts'

export type { MachineErrorCode } from '../../web/index.ts'

/** All codes, at run time too: what root answers is held to them. The words are not loaded here, root has no use for the pages. */
const codes = {
  MACHINE_REQUEST_MALFORMED: true,
  MACHINE_REQUEST_REFUSED: true,
  MACHINE_SILENT: true,
  MACHINE_INTERRUPTED: true,
  MACHINE_FAILED: true,
  CLOCK_FIXED: true,
  BOX_THERE: true,
  BOX_MALFORMED: true,
  STICK_ABSENT: true,
  STICK_UNREADABLE: true,
  STICK_FILE_MISSING: true,
  STICK_FILE_EXISTS: true,
  STICK_SPACE_MISSING: true,
  STICK_FOLDER_LARGE: true,
} as const satisfies Record<MachineErrorCode, true>

/** The code in an answer; `MACHINE_FAILED` for one that this version does not know. */
export function machineErrorCode(text: string): MachineErrorCode {
  return Object.hasOwn(codes, text) ? (text as MachineErrorCode) : 'MACHINE_FAILED'
}

/** A refusal of root's one-shot, or that it did not answer; `details` are safe to show. */
export class MachineError extends Error {
  readonly code: MachineErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: MachineErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'MachineError'
    this.code = code
    this.details = options.details ?? {}
  }
}
