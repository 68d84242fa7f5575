/** The side of who asks: writes a request into the spool and waits for root's answer. Outside the image there is no spool. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { machineActs, type MachineActName, type ParamsOf, type ResultOf } from './acts.ts'
import { MachineError, machineErrorCode } from './errors.ts'
import {
  answerSchema,
  fileOf,
  maxAnswerBytes,
  spoolDirectory,
  spoolPaths,
  type MachineAnswer,
} from './request.ts'

/** Asks root for one act. */
export interface AskMachine {
  /**
   * Throws `MachineError`: root's own refusal, or `MACHINE_SILENT` when no answer came within the act's time. An act that root had not
   * begun by then is withdrawn.
   */
  <Name extends MachineActName>(name: Name, params: ParamsOf<Name>): Promise<ResultOf<Name>>
}

/** Undefined outside the image. */
export function openMachine(spool: string = spoolDirectory): AskMachine | undefined {
  return existsSync(spoolPaths(spool).requests) ? machineAt(spool) : undefined
}

const lookEveryMs = 50
/** Root's process starts, and may have others' requests before ours. */
const startMs = 15_000

function machineAt(spool: string): AskMachine {
  const { drafts, requests, answers } = spoolPaths(spool)
  return async (name, params) => {
    const act = machineActs[name]
    const id = randomBytes(16).toString('hex')
    const path = fileOf(requests, id)
    const draft = fileOf(drafts, id)
    const text = JSON.stringify({ version: 1, act: name, params })
    await writeFile(draft, text, { flag: 'wx', mode: 0o600 })
    await rename(draft, path)
    const answer = await answerIn(fileOf(answers, id), startMs + act.patienceMs)
    if (answer === undefined) {
      await unlink(path).catch(() => undefined)
      throw new MachineError('MACHINE_SILENT', `the machine did not answer: ${name}`)
    }
    if (answer.done) return act.result.parse(answer.result) as ResultOf<typeof name>
    throw new MachineError(machineErrorCode(answer.code), answer.message, {
      details: answer.details,
    })
  }
}

/** The answer, or undefined if none came in time. */
async function answerIn(path: string, patienceMs: number): Promise<MachineAnswer | undefined> {
  // The monotonic clock: the act may be the one that sets the other.
  const end = performance.now() + patienceMs
  while (performance.now() < end) {
    const size = await stat(path).then(
      (found) => found.size,
      () => undefined,
    )
    if (size !== undefined && size <= maxAnswerBytes) {
      return answerSchema.parse(JSON.parse(await readFile(path, 'utf8')))
    }
    await wait(lookEveryMs)
  }
  return undefined
}
