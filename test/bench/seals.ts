/**
 * Seals per second of CPU time, of the page that the layout makes of a real draft, with its mark; keys and stamping in the same process. Held against signing as
 * many signatures bare in the same run (two for B-T, three for B-LTA), and against the program of others that seals. Certificates are made by openssl; evidence is
 * made once, as the box keeps CRLs and answers OCSP by itself. Last, what of memory is left behind by two thousand files.
 */
import { createPrivateKey, randomBytes, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { SignatureAlgorithm } from '../../ca/index.ts'
import {
  createMarks,
  layoutDraft,
  loadFonts,
  markOutlines,
  type Fonts,
} from '../../exchange/index.ts'
import { completeSeal, prepareSeal, sealToBaselineLta } from '../../exchange/seal/index.ts'
import { example } from '../exchange/draft/examples.ts'
import { createTestPki, type TestPki } from '../exchange/seal/pki.ts'
import { sealByLibpdf } from '../exchange/seal/rival.ts'
import { figure, perCpuSecond, turnAbout, type Figure } from './figure.ts'

const rounds = 5
/** Files after which memory is looked at. */
const manyFiles = 2000

/** Seals of one key over one page, by us and by others. */
interface Bench {
  readonly bT: () => Promise<unknown>
  readonly bLta: () => Promise<unknown>
  readonly rivalBT: () => Promise<unknown>
  readonly rivalBLta: () => Promise<unknown>
  /** So many bare signatures of that key. */
  readonly bare: (count: number) => () => Promise<void>
}

/** Seals per second of level B-T and B-LTA, and what they leave in memory. */
export async function seals(): Promise<Figure[]> {
  const fonts = await loadFonts()
  const [ec, rsa] = await Promise.all([
    benchOf('ecdsa-p256-sha256', fonts),
    benchOf('rsa-sha256', fonts),
  ])
  const measure = async (
    name: string,
    turns: { readonly times: number; readonly theirTimes?: number },
    sides: { readonly ours: () => Promise<unknown>; readonly theirs: () => Promise<unknown> },
  ) => {
    const { times, theirTimes = times } = turns
    const { value, reached } = await turnAbout({
      rounds,
      ours: () => perCpuSecond(times, sides.ours),
      theirs: () => perCpuSecond(theirTimes, sides.theirs),
    })
    return figure(name, value, 'seals/s CPU', reached)
  }
  return [
    await measure('seal B-T, P-256', { times: 300 }, { ours: ec.bT, theirs: ec.bare(2) }),
    await measure('seal B-LTA, P-256', { times: 200 }, { ours: ec.bLta, theirs: ec.bare(3) }),
    await measure('seal B-T, RSA-3072', { times: 40 }, { ours: rsa.bT, theirs: rsa.bare(2) }),
    await measure(
      'seal B-T, P-256, and by @libpdf/core',
      { times: 100, theirTimes: 20 },
      { ours: ec.bT, theirs: ec.rivalBT },
    ),
    await measure(
      'seal B-LTA, P-256, and by @libpdf/core',
      { times: 100, theirTimes: 10 },
      { ours: ec.bLta, theirs: ec.rivalBLta },
    ),
    await memoryFigure(ec.bLta),
  ]
}

async function benchOf(suite: SignatureAlgorithm, fonts: Fonts): Promise<Bench> {
  const pki = createTestPki({ suites: [suite], tsaSuite: suite })
  const [unit] = pki.units
  if (!unit) throw new TypeError('no unit')
  const { pdf, seals: places } = await layoutDraft({ draft: example('first'), fonts, trial: false })
  const [place] = places
  if (!place) throw new TypeError('no place for a seal')
  const marks = createMarks({ outlines: markOutlines(fonts), trial: false })
  const name = '青禾区人民政府办公室'
  const { certificate, algorithm } = unit
  const certificates = [certificate, pki.root]
  const evidence = await pki.evidence(0)
  const begin = async () => {
    const prepared = prepareSeal({
      ...{ pdf, certificate, certificates, algorithm, name },
      mark: marks({ name, unit: '' }, place.diameter),
      ...{ page: place.page, centre: place.centre },
      fieldName: 'seal-1',
      at: new Date(),
      docMdp: 2,
    })
    const signature = await unit.sign(prepared.attributes)
    return { prepared, signature, algorithm, certificate, certificates, stamp: pki.stamp }
  }
  const rival = (level: 'B-T' | 'B-LTA') => () =>
    sealByLibpdf({
      ...{ pdf, pki, unit, level, fieldName: 'seal-1' },
      ...{
        crl: evidence.crls[0] ?? new Uint8Array(),
        ocsp: evidence.ocspResponses[0] ?? new Uint8Array(),
      },
    })
  return {
    bT: async () => completeSeal(await begin()),
    bLta: async () =>
      sealToBaselineLta({ ...(await begin()), evidence: () => Promise.resolve(evidence) }),
    rivalBT: rival('B-T'),
    rivalBLta: rival('B-LTA'),
    bare: bareSignatures(pki),
  }
}

function bareSignatures(pki: TestPki): Bench['bare'] {
  const key = createPrivateKey(readFileSync(join(pki.folder, 'unit0.key')))
  const message = randomBytes(200)
  return (count) => () => {
    for (let index = 0; index < count; index++) sign('sha256', message, key)
    return Promise.resolve()
  }
}

/** Heap and buffers that are left after two thousand files, held against those that were left after one hundred. */
async function memoryFigure(seal: () => Promise<unknown>): Promise<Figure> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const held = async (files: number): Promise<number> => {
    for (let index = 0; index < files; index++) await seal()
    collect()
    const { heapUsed, external } = process.memoryUsage()
    return (heapUsed + external) / 1024
  }
  const before = await held(100)
  const after = await held(manyFiles)
  return figure(`memory after ${String(manyFiles)} seals B-LTA`, after, 'KB', before)
}
