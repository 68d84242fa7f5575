/** Entries of enrolment, folded into the views of codes and wrapped key files. Pure. */
import type { Fold, Json } from '../../ca/index.ts'
import type { Sha256 } from '../../ca/index.ts'
import { keys, type CodeRecord } from './types.ts'

type Issued = { readonly code: Sha256; readonly record: CodeRecord }
type Redeemed = { readonly code: Sha256; readonly holder: string; readonly keyFile: Sha256 | null }

export const enrolmentFolds: readonly Fold[] = [
  {
    type: 'enrolment.code-issued',
    reads: () => [],
    apply: (entry) => {
      const { code, record } = entry.data as unknown as Issued
      return [{ key: keys.code(code), value: record }]
    },
  },
  {
    type: 'enrolment.redeemed',
    reads: (entry) => [keys.code((entry.data as unknown as Redeemed).code)],
    apply: (entry, values) => {
      const { code, holder, keyFile } = entry.data as unknown as Redeemed
      const record = values.get(keys.code(code)) as unknown as CodeRecord
      const redeemed: Json = { ...record, state: 'redeemed' }
      return [
        { key: keys.code(code), value: redeemed },
        { key: keys.enrolled(holder), value: entry.index },
        ...(keyFile === null ? [] : [{ key: keys.keyFile(holder), value: keyFile }]),
      ]
    },
  },
]
