/**
 * An officer's order by itself: a signed statement that is carried out once. Sent again, as a file on a stick may be, it is told
 * from a new order by its hash, which the entry of the act names.
 */
import { sha256Hex, type Fold, type Sha256, type Views } from '../../ca/index.ts'
import { keys } from '../keyspace.ts'
import { statementBytes, statementSchemas, type StatementOf, type StatementType } from './types.ts'

/** Notes the order behind each entry: `data.statement`, and what it was about. Pure. */
export const orderFolds: readonly Fold[] = ['revocation.ordered', 'release.ordered'].map(
  (type) => ({
    type,
    reads: () => [],
    apply: (entry) => [
      { key: keys.order(entry.data['statement'] as Sha256), value: entry.subject },
    ],
  }),
)

/** The statement with its hash as it is signed and kept; undefined for what is none of this type. */
export function readOrder<T extends StatementType>(
  type: T,
  statement: unknown,
): { readonly order: StatementOf<T>; readonly hash: Sha256 } | undefined {
  const parsed = statementSchemas[type].safeParse(statement)
  if (!parsed.success) return undefined
  return { order: parsed.data as StatementOf<T>, hash: sha256Hex(statementBytes(parsed.data)) }
}

/** Whether the order of this hash was carried out before. */
export async function isCarriedOut(views: Views, hash: Sha256): Promise<boolean> {
  return (await views.get(keys.order(hash))) !== undefined
}
