/**
 * NIST PKITS whole, 246 cases, against its own signature checks alone: those that validation asks for are recorded once and then asked again
 * through the same port, turn about in one process. What is above 1 is reading, building, clauses and lists.
 */
import { nodeCrypto } from '../../ca/index.ts'
import { validatePath, type SignatureCheck } from '../../ca/path/index.ts'
import { hasPkits, pkitsCases, pkitsQuestion } from '../ca/path/pkits_cases.ts'
import { figure, turnAbout, type Figure } from './figure.ts'

const rounds = 6

/** Runs the bench: one figure, in milliseconds of CPU time; nothing where the collection is not here. */
export async function pkits(): Promise<Figure[]> {
  if (!hasPkits) return []
  const questions = pkitsCases().map(pkitsQuestion)
  const recorded: SignatureCheck[] = []
  const { verifySignature } = nodeCrypto
  for (const question of questions) {
    await validatePath({
      ...question,
      verifySignature: (check) => {
        recorded.push(check)
        return verifySignature(check)
      },
    })
  }
  const { value, reached } = await turnAbout({
    rounds,
    ours: () =>
      cpuMs(async () => {
        for (const question of questions) await validatePath({ ...question, verifySignature })
      }),
    theirs: () =>
      cpuMs(async () => {
        for (const check of recorded) await verifySignature(check)
      }),
  })
  return [figure('pkits', value, 'ms', reached)]
}

async function cpuMs(act: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await act()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
