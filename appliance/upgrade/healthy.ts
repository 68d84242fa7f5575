/** What `sealbox-healthy.service` does once at each start: look, wait until the box is well, and commit what was on trial. */
import { becomesWell, probe, type Finding, type Ports } from './health_probe.ts'
import { commitStart, isCommitted, settleStart, type TrialParts } from './trial.ts'

/**
 * It begins once systemd has the service started, or saw it fail: replaying a long journal does not count. What is ill for so long after
 * that is not slow.
 */
const patienceMs = 3 * 60_000

export interface HealthyOptions extends TrialParts, Ports {
  readonly patienceMs?: number
  readonly look?: () => Promise<Finding>
  /** What a person at the console is told. */
  readonly say: (line: string) => void
}

/** False where it did not become well: on trial the machine is then started again. */
export async function keepOrFall(options: HealthyOptions): Promise<boolean> {
  const { say } = options
  const started = await settleStart(options)
  const { version, trial } = started
  if (trial !== undefined) {
    say(
      `版本 ${version} 试运行，还可试 ${String(trial.left)} 次 on trial, ${String(trial.left)} tries left`,
    )
  }
  const look = options.look ?? (() => probe(options))
  if (!(await becomesWell({ look, patienceMs: options.patienceMs ?? patienceMs }))) {
    say(`版本 ${version} 未能正常工作 did not become healthy`)
    return false
  }
  if (!isCommitted(started)) {
    await commitStart(options, started)
    say(`版本 ${version} 已确认 is committed`)
  }
  return true
}
