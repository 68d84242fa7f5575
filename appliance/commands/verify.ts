/** `sealbox verify`: judges files offline against given roots; a report each, one exit status. Opens no socket. */
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { fromBase64 } from '../../ca/path/index.ts'
import { reportText, verifyFile, type Report, type Verdict } from '../../exchange/verify/index.ts'
import { ApplianceError, exitStatus } from '../errors.ts'
import { fileBytes, options, required, say } from './options.ts'

const known = {
  trust: { type: 'string' },
  at: { type: 'string' },
  json: { type: 'boolean' },
} as const

/** Several files: failed before indeterminate before passed. */
const order: readonly Verdict[] = ['TOTAL-FAILED', 'INDETERMINATE', 'TOTAL-PASSED']
const statusOf = {
  'TOTAL-PASSED': exitStatus.passed,
  'TOTAL-FAILED': exitStatus.failed,
  INDETERMINATE: exitStatus.indeterminate,
} as const satisfies Record<Verdict, number>

export async function run(argv: string[]): Promise<number> {
  const { values, positionals } = options(argv, known)
  if (positionals.length === 0) throw new ApplianceError('USAGE', 'name the files to verify')
  const trust = readRoots(fileBytes(required(values.trust, '--trust')))
  const at = momentOf(values.at)
  for (const path of positionals) {
    if (!existsSync(path)) throw new ApplianceError('FILE_MISSING', `there is no file ${path}`)
  }
  const verdicts = new Set<Verdict>()
  for (const path of positionals) {
    const report = await verifyPath(path, trust, at)
    verdicts.add(report.verdict)
    if (values.json === true) say(JSON.stringify(report))
    else say(`${reportText(report, 'zh')}${reportText(report, 'en')}`)
  }
  return statusOf[order.find((verdict) => verdicts.has(verdict)) ?? 'INDETERMINATE']
}

async function verifyPath(path: string, trust: readonly Uint8Array[], at: Date): Promise<Report> {
  const beside = `${path}.p7s`
  const signature = path.endsWith('.json') && existsSync(beside) ? fileBytes(beside) : undefined
  return verifyFile({
    name: basename(path),
    bytes: fileBytes(path),
    trust,
    at,
    ...(signature && { companions: { signature } }),
  })
}

/** All certificates of a PEM file, or the one DER certificate. */
function readRoots(file: Uint8Array): Uint8Array[] {
  const text = new TextDecoder().decode(file)
  const bodies = text.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g)
  const roots = Array.from(bodies, ([, body = '']) => fromBase64(body.replace(/\s+/g, '')))
  return roots.length > 0 ? roots : [file]
}

function momentOf(text: string | undefined): Date {
  if (text === undefined) return new Date()
  const at = new Date(text)
  if (Number.isNaN(at.getTime()) || !/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text)) {
    throw new ApplianceError('USAGE', `${text} is no time such as 2026-11-23T08:00:00Z`)
  }
  return at
}
