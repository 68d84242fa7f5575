/** Reads the bytes of a statement into its type (`docs/formats/statement.md`); says nothing of its signature. Pure. */
import { canonicalJson, equal } from '../../../ca/path/index.ts'
import { statementSchemas, type Statement, type StatementType } from '../../statement/types.ts'

/** undefined unless the bytes are the one canonical encoding of a statement whose type we know. */
export function readStatement(bytes: Uint8Array): Statement | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const value = JSON.parse(text) as { readonly type?: unknown } | null
    const type = value?.type
    if (typeof type !== 'string' || !isStatementType(type)) return undefined
    const statement = statementSchemas[type].parse(value)
    return equal(canonicalJson(statement), bytes) ? statement : undefined
  } catch {
    return undefined // no UTF-8, no JSON, another shape
  }
}

function isStatementType(type: string): type is StatementType {
  return Object.hasOwn(statementSchemas, type)
}
