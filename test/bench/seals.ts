/**
 * Seals per second of CPU time (P-256, one page, the stamping and the key in the same process) against signing as many signatures bare: two for B-T, three for
 * B-LTA. Certificates are made by openssl; evidence is made once, as the box keeps CRLs and answers OCSP by itself.
 */
import { createPrivateKey, randomBytes, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { completeSeal, prepareSeal, sealToBaselineLta } from '../../exchange/seal/index.ts'
import { pdfLibBase, testMark } from '../exchange/seal/bases.ts'
import { createTestPki } from '../exchange/seal/pki.ts'
import { figure, perCpuSecond, turnAbout, type Figure } from './figure.ts'

/** Turns, and seals of one. */
const rounds = 5
const aTurn = 150

/** Seals per second of level B-T and B-LTA. */
export async function seals(): Promise<Figure[]> {
  const pki = createTestPki()
  const [unit] = pki.units
  if (!unit) throw new TypeError('no unit')
  const { certificate, algorithm } = unit
  const pdf = await pdfLibBase(false)
  const evidence = await pki.evidence(0)
  const at = new Date('2026-09-01T08:00:00Z')
  const mark = testMark(119)
  const begin = async () => {
    const prepared = prepareSeal({
      pdf,
      certificate,
      algorithm,
      mark,
      page: 0,
      centre: { x: 300, y: 200 },
      fieldName: 'seal-1',
      at,
      name: '某某市人民政府办公室',
      docMdp: 2,
    })
    const signature = await unit.sign(prepared.attributes)
    return { prepared, signature, algorithm, certificate, certificates: [certificate, pki.root] }
  }
  const key = createPrivateKey(readFileSync(join(pki.folder, 'unit0.key')))
  const message = randomBytes(200)
  const bare = (count: number) => () => {
    for (let index = 0; index < count; index++) sign('sha256', message, key)
    return Promise.resolve()
  }
  const measure = async (name: string, act: () => Promise<unknown>, signatures: number) => {
    const { value, reached } = await turnAbout({
      rounds,
      ours: () => perCpuSecond(aTurn, act),
      theirs: () => perCpuSecond(aTurn, bare(signatures)),
    })
    return figure(name, value, 'seals/s CPU', reached)
  }
  const stamp = pki.stamp
  return [
    await measure('seal B-T, P-256', async () => completeSeal({ ...(await begin()), stamp }), 2),
    await measure(
      'seal B-LTA, P-256',
      async () =>
        sealToBaselineLta({
          ...(await begin()),
          stamp,
          evidence: () => Promise.resolve(evidence),
        }),
      3,
    ),
  ]
}
