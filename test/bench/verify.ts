/**
 * Verifying sealed files, CPU time, against the bare work that cannot be left out: each signature in the file (of seals, timestamps,
 * certificates, list, answer) checked once with keys that are read already, and SHA-256 over the bytes that each seal and timestamp covers, all by
 * `node:crypto`. A file of level B-LTA, and one with 91 seals and a document timestamp over them. The ratio is how many times the bare work
 * our verifier takes.
 */
import { createPublicKey, hash, verify as verifyBare } from 'node:crypto'
import { nodeCrypto } from '../../ca/node_crypto.ts'
import type { CryptoPorts, SignatureCheck } from '../../ca/path/index.ts'
import {
  addBaselineEvidence,
  completeSeal,
  prepareSeal,
  type SealedPdf,
} from '../../exchange/seal/index.ts'
import { verifyFile } from '../../exchange/verify/index.ts'
import { pdfLibBase, testMark } from '../exchange/seal/bases.ts'
import { createTestPki, type TestPki } from '../exchange/seal/pki.ts'
import { figure, perCpuSecond, turnAbout, type Figure } from './figure.ts'

const rounds = 3

/** Milliseconds of CPU time a file, ours and bare. */
export async function verify(): Promise<Figure[]> {
  const pki = createTestPki()
  const single = await sealed(pki, 1)
  const many = await sealed(pki, 91)
  return [
    await measure('verify B-LTA, P-256', { pki, pdf: single, times: 100 }),
    await measure('verify 91 seals, P-256', { pki, pdf: many, times: 2 }),
  ]
}

async function sealed(pki: TestPki, count: number): Promise<Uint8Array> {
  const [unit] = pki.units
  if (!unit) throw new TypeError('no unit')
  const { certificate, algorithm } = unit
  const at = new Date('2026-09-01T08:00:00Z')
  const mark = testMark(count === 1 ? 119 : 40)
  let pdf: Uint8Array | SealedPdf = await pdfLibBase(false)
  for (let index = 0; index < count; index++) {
    const prepared = prepareSeal({
      pdf: pdf instanceof Uint8Array ? pdf : pdf.document,
      certificate,
      algorithm,
      mark,
      page: 0,
      centre:
        count === 1
          ? { x: 300, y: 200 }
          : { x: 50 + (index % 10) * 52, y: 60 + Math.floor(index / 10) * 52 },
      fieldName: `seal-${String(index + 1)}`,
      at,
      name: '某某市人民政府办公室',
      ...(index === 0 && { docMdp: 2 as const }),
    })
    const signature = await unit.sign(prepared.attributes)
    const certificates = [certificate, pki.root]
    const request = { prepared, signature, algorithm, certificate, certificates }
    pdf = await completeSeal({ ...request, stamp: pki.stamp })
  }
  if (pdf instanceof Uint8Array) throw new TypeError('no seal')
  const evidence = () => pki.evidence(0)
  return (await addBaselineEvidence({ pdf, evidence, stamp: pki.stamp })).pdf
}

async function measure(
  name: string,
  file: { readonly pki: TestPki; readonly pdf: Uint8Array; readonly times: number },
): Promise<Figure> {
  const { pki, pdf, times } = file
  const judge = (ports: CryptoPorts) =>
    verifyFile({ name: 'x.pdf', bytes: pdf, trust: [pki.root], at: new Date(), ports })
  const bare = await bareWork(judge)
  const report = await judge(nodeCrypto)
  if (report.verdict !== 'TOTAL-PASSED') {
    const bad = report.signatures.find((one) => one.verdict !== 'TOTAL-PASSED')
    throw new Error(`${name}: ${JSON.stringify(bad ?? report.findings)}`)
  }
  const { value, reached } = await turnAbout({
    rounds,
    ours: async () => 1000 / (await perCpuSecond(times, () => judge(nodeCrypto))),
    theirs: async () => 1000 / (await perCpuSecond(times, bare)),
  })
  return figure(name, value, 'ms CPU', reached)
}

/** What any verifier must do: each signature once, and each covered stretch hashed once. */
async function bareWork(judge: (ports: CryptoPorts) => Promise<unknown>) {
  const checks = new Map<string, SignatureCheck>()
  const hashed: Uint8Array[] = []
  await judge({
    verifySignature: (check) => {
      checks.set(Buffer.from(check.signature).toString('base64'), check)
      return nodeCrypto.verifySignature(check)
    },
    digest: (name, bytes) => {
      // Certificates and attributes are shorter; revisions by themselves are hashed for the report only.
      if (startsFile(bytes)) hashed.push(bytes)
      return nodeCrypto.digest(name, bytes)
    },
  })
  const questions = [...checks.values()].map(({ scheme, publicKey, ...check }) => {
    if (scheme.kind !== 'ecdsa') throw new TypeError('not in this bench')
    const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
    return { ...check, key, hash: scheme.hash }
  })
  return () => {
    for (const { key, hash: name, data, signature } of questions) {
      verifyBare(name, data, { key, dsaEncoding: 'der' }, signature)
    }
    for (const bytes of hashed) hash('sha256', bytes, 'buffer')
    return Promise.resolve()
  }
}

const startsFile = (bytes: Uint8Array): boolean =>
  bytes.length > 1024 && String.fromCharCode(...bytes.subarray(0, 5)) === '%PDF-'
