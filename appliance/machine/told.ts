/** What root refused, as a page knows it. */
import { WebError } from '../../web/index.ts'
import { MachineError } from './errors.ts'

/** The answer; throws a refusal of root's as `WebError` with the same code. */
export async function told<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (!(error instanceof MachineError)) throw error
    throw new WebError(error.code, error.message, { ...error.details })
  }
}
