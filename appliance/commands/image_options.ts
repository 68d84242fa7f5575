/** What the commands about images read from their options. */
import { ApplianceError } from '../errors.ts'
import { countOf } from './options.ts'

/** Three numbers, as the counter against downgrade and the boot loader compare them. */
export function versionOf(text: string): string {
  if (!/^(?:0|[1-9]\d{0,4})(?:\.(?:0|[1-9]\d{0,4})){2}$/.test(text)) {
    throw new ApplianceError('USAGE', `${text} is no version such as 1.4.0`)
  }
  return text
}

/** Size of the data partition in the disk's file, if one was asked for. */
export function dataMebibytes(text: string | undefined): { readonly dataMebibytes?: number } {
  return text === undefined ? {} : { dataMebibytes: countOf(text, 0) }
}
