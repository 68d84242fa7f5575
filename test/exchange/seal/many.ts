/** Plans and makes sealed files by the hundred: level, base, suites, number of seals, certification, locks and marks drawn by a seed. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Signer } from '../../../ca/index.ts'
import {
  addBaselineEvidence,
  appendDss,
  completeSeal,
  openSource,
  prepareSeal,
  type Evidence,
  type FieldLock,
  type PdfSource,
  type ReservedSeal,
  type SealedPdf,
  type SealLevel,
} from '../../../exchange/seal/index.ts'
import { seeded } from '../pdf/sample.ts'
import { testMark } from './bases.ts'
import type { ManyBase } from './many_bases.ts'
import type { TestPki } from './pki.ts'

export interface Plan {
  readonly name: string
  readonly base: ManyBase
  readonly level: SealLevel
  readonly seals: number
  /** Index of the unit that puts the first seal; the others follow in turn. */
  readonly unit: number
  readonly docMdp?: 1 | 2 | 3
  readonly lock?: FieldLock
  readonly reserves: boolean
}

const levels: readonly SealLevel[] = ['B-B', 'B-T', 'B-LT', 'B-LTA']

/** `count` plans; every level and kind of base comes with every number of seals if there are enough of them. */
export function plansOf(
  bases: readonly ManyBase[],
  options: { readonly count: number; readonly seed: number; readonly units: number },
): Plan[] {
  const draw = seeded(options.seed)
  return Array.from({ length: options.count }, (_, at) => {
    const base = bases[at % bases.length]
    const level = levels[(at + Math.floor(at / bases.length)) % levels.length]
    if (!base || !level) throw new TypeError('no base')
    // One in forty has a hundred seals: they take longest.
    const seals = at % 40 === 19 ? 100 : (([1, 1, 1, 2, 2, 5] as const)[draw(6)] ?? 1)
    const certification = ([undefined, 1, 2, 2, 3] as const)[draw(5)]
    const docMdp = certification === 1 && seals > 1 ? 2 : certification
    const lock = lockOf(base, seals, draw(4))
    return {
      ...{ base, level, seals, unit: draw(options.units) },
      name: `${String(at)} ${level} ${base.kind} ${String(seals)}`,
      ...(docMdp && { docMdp }),
      ...(lock && { lock }),
      reserves: draw(2) === 1 && base.signed === 0,
    }
  })
}

/** Locks that let the further seals of the plan in: of fields of the form, of everything but seals, and of everything where there is one seal. */
function lockOf({ fields }: ManyBase, seals: number, kind: number): FieldLock | undefined {
  const [first, ...others] = fields
  if (first === undefined || kind === 0) return undefined
  if (kind === 1) return { action: 'Include', fields: [first, ...others.slice(1)] }
  if (seals === 1 && kind === 2) return { action: 'All' }
  const names = Array.from({ length: seals }, (_, at) => `seal-${String(at + 1)}`)
  return { action: 'Exclude', fields: names }
}

/** Marks of a hundred seals stand in ten rows. */
const markSize = 34
function placeOf(at: number): { readonly x: number; readonly y: number } {
  return { x: 50 + 52 * (at % 10), y: 560 - 52 * Math.floor(at / 10) }
}

function requestOf(plan: Plan, signer: Signer, at: number) {
  const { reserves, seals, docMdp, lock } = plan
  const reserve: ReservedSeal[] = Array.from({ length: seals - 1 }, (_, index) => ({
    fieldName: `seal-${String(index + 2)}`,
    page: 0,
    centre: placeOf(index + 1),
    size: markSize,
  }))
  return {
    certificate: signer.certificate,
    algorithm: signer.algorithm,
    mark: testMark(markSize),
    page: 0,
    centre: placeOf(at),
    fieldName: `seal-${String(at + 1)}`,
    at: new Date(),
    name: `Unit ${String(at)}`,
    ...(at === 0 && docMdp && { docMdp }),
    ...(at === 0 && lock && { fieldMdp: lock }),
    ...(at === 0 && reserves && { reserve }),
  }
}

async function sealOnce(
  plan: Plan,
  pki: TestPki,
  { source, at }: { readonly source: PdfSource; readonly at: number },
): Promise<SealedPdf> {
  const signer = pki.units[(plan.unit + at) % pki.units.length]
  if (!signer) throw new TypeError('no unit')
  const { certificate, algorithm } = signer
  const certificates = [certificate, pki.root]
  const prepared = prepareSeal({ pdf: source, certificates, ...requestOf(plan, signer, at) })
  const signature = await signer.sign(prepared.attributes)
  const stamp = plan.level === 'B-B' ? undefined : pki.stamp
  return completeSeal({ prepared, signature, algorithm, certificate, certificates, stamp })
}

/** The units' evidence. Without a timestamp a seal is judged as of its answer's second (`thisUpdate`), so several answers have to be of the same one. */
async function answersOfOneSecond(units: readonly number[], pki: TestPki): Promise<Evidence[]> {
  const second = (): number => Math.floor(Date.now() / 1000)
  for (let attempt = 0; attempt < 20; attempt++) {
    if (attempt > 0) await pause(1000 - (Date.now() % 1000))
    const begun = second()
    const all = await Promise.all(units.map((unit) => pki.evidence(unit)))
    if (second() === begun) return all
  }
  throw new Error('the machine is too busy: no second held the answers of all units')
}

/** Makes the file; `evidence` was asked for after its last signature timestamp. */
export async function makeSealed(
  plan: Plan,
  pki: TestPki,
): Promise<{ readonly pdf: Uint8Array; readonly evidence: Evidence }> {
  let source: PdfSource = openSource(plan.base.pdf)
  let sealed: SealedPdf | undefined
  for (let at = 0; at < plan.seals; at++) {
    sealed = await sealOnce(plan, pki, { source, at })
    source = sealed.file
  }
  if (!sealed) throw new TypeError('no seal')
  const used = Array.from(
    { length: Math.min(plan.seals, pki.units.length) },
    (_, at) => (plan.unit + at) % pki.units.length,
  )
  // What was signed before is unit 0's.
  const units = plan.base.signed > 0 ? [...new Set([0, ...used])] : used
  const all = await answersOfOneSecond(units, pki)
  const evidence = {
    certificates: all.flatMap(({ certificates }) => certificates),
    crls: all.flatMap(({ crls }) => crls),
    ocspResponses: all.flatMap(({ ocspResponses }) => ocspResponses),
  }
  if (plan.level === 'B-LT')
    return { pdf: appendDss({ pdf: sealed.file, ...evidence }).pdf, evidence }
  if (plan.level !== 'B-LTA') return { pdf: sealed.pdf, evidence }
  const lta = await addBaselineEvidence({
    ...{ pdf: sealed, stamp: pki.stamp },
    evidence: () => Promise.resolve(evidence),
  })
  return { pdf: lta.pdf, evidence }
}
