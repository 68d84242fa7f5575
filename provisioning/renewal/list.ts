/** The renewals there were, newest first, for the officers who may revoke them. Changes nothing. */
import type { Journal } from '../../ca/index.ts'
import { keys } from '../enrolment/types.ts'
import type { ListedRenewal } from './types.ts'

/** `limit` at most. */
export async function listRenewals(
  { journal }: { readonly journal: Journal },
  { limit }: { readonly limit: number },
): Promise<ListedRenewal[]> {
  const found: ListedRenewal[] = []
  for await (const { value } of journal.views.scan(keys.renewals, { reverse: true, limit })) {
    found.push(value as unknown as ListedRenewal)
  }
  return found
}
