/**
 * NIST PKITS (4.1 to 4.16, 246 cases, all of them every time): what must be refused is refused for its own reason, and what is valid is
 * accepted, by both cryptographies.
 */
import test from 'ava'
import { nodeCrypto } from '../../../ca/index.ts'
import { validatePath } from '../../../ca/path/index.ts'
import {
  hasPkits,
  pkitsCases,
  pkitsQuestion,
  pkitsReasons,
  unsupportedCases,
} from './pkits_cases.ts'

const withPkits = hasPkits ? test : test.skip
const expectedCodes = new Map(
  pkitsReasons.flatMap(([codes, tests]) => tests.map((number) => [number, codes] as const)),
)

for (const [name, verifySignature] of [
  ['WebCrypto', undefined],
  ['node:crypto', nodeCrypto.verifySignature],
] as const) {
  withPkits(
    `PKITS by ${name}: every case has its verdict, and every refusal its reason`,
    async (t) => {
      const asked = new Set<string>()
      for (const item of pkitsCases()) {
        const question = pkitsQuestion(item)
        const report = await validatePath({
          ...question,
          ...(verifySignature && { verifySignature }),
        })
        const isAccepted = item.expected === 'valid' && !unsupportedCases.includes(item.test)
        t.is(report.valid, isAccepted, `${item.test} ${item.name}`)
        if (isAccepted) {
          t.deepEqual(report.findings, [])
          continue
        }
        asked.add(item.test)
        const codes = report.findings.map(({ code }) => code)
        t.deepEqual(codes, expectedCodes.get(item.test), `${item.test} ${item.name}`)
        for (const { message } of report.findings) t.regex(message, /\(RFC 5280 [4-6]\.[\d.]+/)
      }
      t.deepEqual(
        [...asked].toSorted(),
        [...expectedCodes.keys()].toSorted(),
        'no row stands for nothing',
      )
    },
  )
}
