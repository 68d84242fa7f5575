/** Renewals, folded into the views of what was renewed and of the wrapped key files. Pure. */
import type { Fold } from '../../ca/index.ts'
import { keys } from '../enrolment/types.ts'
import type { RenewalRecord } from './types.ts'

export const renewalFolds: readonly Fold[] = [
  {
    type: 'enrolment.renewed',
    reads: () => [],
    apply: (entry) => {
      const record = entry.data as unknown as RenewalRecord
      const { request, holder, keyFile, by, renewed } = record
      return [
        { key: keys.renewal(request), value: record },
        { key: keys.renewedAt(entry.index), value: { holder, by, at: entry.time, renewed } },
        ...(keyFile === null ? [] : [{ key: keys.keyFile(holder), value: keyFile }]),
      ]
    },
  },
]
