/** Does the job that root's act left: installs the bundle that it names, and says what came of it. */
import { join } from 'node:path'
import { refusal } from './act.ts'
import { UpgradeError } from './errors.ts'
import { installUpgrade } from './install.ts'
import type { Job, Outcome, Work } from './job.ts'
import type { Machine } from './machine.ts'

/** Pages look each second or two. */
const tellEveryMs = 1000

export async function performUpgrade(of: {
  readonly work: Work
  readonly job: Job
  readonly machine: Machine
  /** Where the stick is mounted that a job may name a file of. */
  readonly stick: string
  readonly say: (line: string) => void
}): Promise<Outcome> {
  const outcome = await attempt(of)
  await of.work.end(outcome)
  return outcome
}

async function attempt({
  work,
  job: { manifest, order, stick: name },
  machine,
  stick,
  say,
}: Parameters<typeof performUpgrade>[0]): Promise<Outcome> {
  let told = 0
  try {
    const { version } = await installUpgrade({
      machine: name === null ? machine : { ...machine, bundle: join(stick, name) },
      ...{ manifest, order, now: () => new Date() },
      tell: (done, all) => {
        if (performance.now() - told < tellEveryMs) return
        told = performance.now()
        // What a page shows: not waited for, and no loss if it fails.
        work.tell({ done, all }).catch(() => undefined)
      },
    })
    say(`版本 ${version} 已写入，下次启动试运行 is written, the next start tries it`)
    return { installed: true, version }
  } catch (error) {
    say(String(error))
    return error instanceof UpgradeError
      ? refusal(error)
      : { installed: false, code: 'DISK', details: {} }
  }
}
