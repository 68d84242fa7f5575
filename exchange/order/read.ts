/** An order's statement from its bytes: the one canonical spelling, or nothing. Pure, isomorphic. */
import { canonicalJson, equal } from '../../ca/path/index.ts'
import { ExchangeError } from '../errors.ts'
import { statementSchemas, type StatementOf } from '../statement/types.ts'

/** With 20,000 known tokens a statement has 3 MB. */
export const maxOrderBytes = 4 * 1024 * 1024

/** Reads the bytes that officers sign; throws `STATEMENT_MALFORMED` on anything but the canonical JSON of an order. */
export function readOrderStatement(bytes: Uint8Array): StatementOf<'sealbox.order'> {
  const statement = bytes.length > maxOrderBytes ? undefined : parse(bytes)
  if (statement !== undefined && equal(canonicalJson(statement), bytes)) return statement
  throw new ExchangeError('STATEMENT_MALFORMED', 'these bytes are no order')
}

function parse(bytes: Uint8Array): StatementOf<'sealbox.order'> | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return statementSchemas['sealbox.order'].safeParse(JSON.parse(text)).data
  } catch {
    return undefined // no UTF-8, or no JSON
  }
}
