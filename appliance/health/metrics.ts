/**
 * The box's figures for Prometheus (text exposition format 0.0.4): asked by an administrator's certificate, and never a name of a unit or
 * a document among them.
 */
import type { Gauge, Registry } from 'prom-client'
import type { Answered, Health, HealthReport } from '../../web/index.ts'

/** Seconds; a page takes some 10 ms, a sealed file of 100 MB minutes. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60]
const stateNumbers = { ok: 0, warn: 1, bad: 2 } as const
const secondMs = 1000

export interface Metrics {
  answered(one: Answered): void
  /** The text, with the box as it is now. */
  read(now: { readonly health: Health; readonly report: HealthReport }): Promise<{
    readonly type: string
    readonly text: string
  }>
}

/** Answers that are kept until the package is loaded: a start of the box must not wait for it. */
const maxKept = 200

export function createMetrics(): Metrics {
  const kept: Answered[] = []
  let loading: Promise<Metrics> | undefined
  const load = (): Promise<Metrics> => {
    loading ??= loadMetrics().then((loaded) => {
      for (const one of kept.splice(0)) loaded.answered(one)
      return loaded
    })
    return loading
  }
  return {
    answered(one) {
      if (loading === undefined) kept.push(one)
      else
        void loading.then(
          (loaded) => {
            loaded.answered(one)
          },
          () => undefined,
        )
      if (kept.length >= maxKept) load().catch(() => undefined)
    },
    read: async (now) => (await load()).read(now),
  }
}

async function loadMetrics(): Promise<Metrics> {
  const prometheus = await import('prom-client')
  // One of its own: two boxes in one process (a test) must not share it.
  const registry = new prometheus.Registry()
  const registers = [registry]
  const answers = new prometheus.Histogram({
    name: 'sealbox_http_answer_seconds',
    help: 'Time until an answer was ready, by the row of the table of routes and the class of its status',
    labelNames: ['route', 'status'],
    ...{ buckets, registers },
  })
  const total = new prometheus.Counter({
    name: 'sealbox_http_answers_total',
    help: 'Answers',
    registers,
  })
  const set = createGauges(registry, prometheus.Gauge)
  return {
    answered({ route, status, ms }) {
      // A path that no row took is a stranger's word: as a label it would be memory that anybody can fill.
      const labels = { route: route ?? 'none', status: `${String(Math.floor(status / 100))}xx` }
      answers.observe(labels, ms / secondMs)
      total.inc()
    },
    async read({ health, report }) {
      set(health, report)
      return { type: registry.contentType, text: await registry.metrics() }
    },
  }
}

function createGauges(
  registry: Registry,
  made: typeof Gauge,
): (health: Health, report: HealthReport) => void {
  const gauge = (name: string, help: string, ...labelNames: string[]): Gauge =>
    new made({ name: `sealbox_${name}`, help, labelNames, registers: [registry] })
  const info = gauge('info', 'Always 1; the version of the box', 'version')
  const check = gauge('check_state', '0 well, 1 wants a look, 2 failed', 'check')
  const entries = gauge('journal_entries', 'Entries of the journal')
  const behind = gauge('search_behind_entries', 'Entries that the search index lacks')
  const disk = gauge('disk_bytes', 'Of the file system that holds the data', 'kind')
  const folder = gauge('data_bytes', 'Bytes of data', 'folder')
  const memory = gauge('memory_resident_bytes', 'Memory of the process')
  const start = gauge('start_time_seconds', 'When the process began, Unix time')
  const ends = gauge(
    'certificate_end_seconds',
    'When a certificate of the box ends, Unix time',
    'certificate',
  )
  const lists = gauge('revocation_lists_end_seconds', 'When the revocation lists end, Unix time')
  const held = gauge('clock_held', '1 while the time is not certain')
  const queue = gauge('queue', 'What waits', 'queue')
  const units = gauge('units', 'Units by state', 'state')
  const last = gauge(
    'last_seconds',
    'When it was done last, Unix time; missing where it never was',
    'what',
  )
  const damaged = gauge('scrub_findings', 'What the last scrub found damaged')
  return (health, report) => {
    info.set({ version: report.version }, 1)
    check.reset()
    for (const { code, state } of report.checks) check.set({ check: code }, stateNumbers[state])
    entries.set(health.journal.size)
    behind.set(Math.max(0, health.journal.size - 1 - health.search.appliedThrough))
    disk.set({ kind: 'free' }, health.disk.free)
    disk.set({ kind: 'total' }, health.disk.total)
    for (const { name, bytes } of health.folders) folder.set({ folder: name }, bytes)
    memory.set(health.memory.resident)
    start.set(secondsOf(health.startedAt))
    for (const { name, notAfter } of health.certificates)
      ends.set({ certificate: name }, secondsOf(notAfter))
    lists.set(secondsOf(health.revocationListsUntil))
    held.set(health.isTimeHeld ? 1 : 0)
    for (const [name, count] of Object.entries({ ...health.queues }))
      queue.set({ queue: name }, count)
    units.set({ state: 'known' }, health.presence?.units ?? 0)
    units.set({ state: 'silent' }, health.presence?.silent ?? 0)
    // A time that is not known is no time 0.
    last.reset()
    const times = {
      backup: health.backup?.lastAt,
      signatures: health.virus?.signaturesAt,
      scrub: health.scrub?.endedAt,
    }
    for (const [what, at] of Object.entries(times)) if (at) last.set({ what }, secondsOf(at))
    damaged.set(health.scrub?.findings.length ?? 0)
  }
}

const secondsOf = (at: Date): number => at.getTime() / secondMs
