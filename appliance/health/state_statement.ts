/** What the box states of itself each day (docs/formats/state.md): canonical JSON, signed by the journal's key. Pure. */
import { sha256Hex, toBase64, type Sha256, type TreeHead } from '../../ca/index.ts'
import type { BoxFacts, Health, HealthReport } from '../../web/index.ts'

/** Of damage a few names say where to look; the count says how much there is. */
const maxNamed = 20

export interface StateParts {
  readonly box: Pick<BoxFacts, 'id' | 'mode' | 'version'>
  readonly day: string
  readonly at: Date
  readonly health: Health
  readonly report: HealthReport
  readonly head: TreeHead
  /** Of the box, DER by name. */
  readonly certificates: Readonly<Record<string, Uint8Array>>
  /** SHA-256 of the statement before: who keeps one can tell whether one between was taken away. */
  readonly previous: Sha256 | null
}

/** The statement. Numbers, states, times and hashes of the box; no unit by name, no document. */
export function stateStatement(parts: StateParts): object {
  const { box, day, at, health, report, head, certificates, previous } = parts
  const ends = new Map(health.certificates.map(({ name, notAfter }) => [name as string, notAfter]))
  return {
    ...{ type: 'sealbox.state', v: 1, box: box.id, at: at.toISOString(), day },
    ...{ version: box.version, mode: box.mode, state: report.state, previous },
    head: { size: head.size, root: toBase64(head.rootHash) },
    checks: report.checks.map(({ code, state }) => ({ code, state })),
    alarms: (report.alarms ?? []).map(({ code, state, since }) => ({ code, state, since })),
    disk: { free: health.disk.free, total: health.disk.total },
    certificates: Object.entries(certificates).map(([name, der]) => ({
      name,
      sha256: sha256Hex(der),
      notAfter: timeOf(ends.get(name)),
    })),
    revocationListsUntil: timeOf(health.revocationListsUntil),
    time: { source: health.timeSource, held: health.isTimeHeld },
    scrub: scrubOf(health),
    backup: health.backup === undefined ? null : { lastAt: timeOf(health.backup.lastAt) },
    virus:
      health.virus === undefined
        ? null
        : { scanner: health.virus.scanner, signaturesAt: timeOf(health.virus.signaturesAt) },
    units: { known: health.presence?.units ?? 0, silent: health.presence?.silent ?? 0 },
  }
}

function scrubOf({ scrub }: Health): object | null {
  if (scrub === undefined) return null
  const { endedAt, entries, views, files, findings } = scrub
  return {
    ...{ endedAt: timeOf(endedAt), entries, views, files, damaged: findings.length },
    findings: findings.slice(0, maxNamed).map(({ code, name }) => ({ code, name })),
  }
}

const timeOf = (at: Date | undefined): string | null => at?.toISOString() ?? null
